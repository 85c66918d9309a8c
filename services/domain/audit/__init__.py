"""The Merkle log: leaves, roots, proofs and checkpoints."""
