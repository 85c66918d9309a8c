"""Load, decide, commit: one transaction for each call."""
