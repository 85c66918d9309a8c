"""Tests of how Rightful is set up and shipped."""
