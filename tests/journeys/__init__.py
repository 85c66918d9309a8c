"""Tests that go the whole way, from a click to the database and back."""
