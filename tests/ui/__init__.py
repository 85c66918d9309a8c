"""Tests of the Qt side."""
