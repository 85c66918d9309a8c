"""Tests of the desktop without pixels."""
