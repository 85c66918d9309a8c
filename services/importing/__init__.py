"""The customers' directory, filled from files: every good row is kept, every bad one is named."""
