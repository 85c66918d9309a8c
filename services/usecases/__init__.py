"""Load, decide, commit: one transaction per call. What they need of the world is in `ports`."""
