"""The revisions: each says what it follows."""
