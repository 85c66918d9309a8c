"""Tests of the tree hashes, proofs, notes and checkpoints that both sides check."""
