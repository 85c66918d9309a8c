"""Frozen snapshots of what an agent sees."""
