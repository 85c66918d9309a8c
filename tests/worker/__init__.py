"""Tests of durable effects: order, retries, restarts, and a crash at every point."""
