"""Everything that knows Qt, and nothing that knows HTTP or decides."""
