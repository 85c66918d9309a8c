"""Tests of the audit log: entries, tree, checkpoints, and the offline verifier."""
