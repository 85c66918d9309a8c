"""The audit log: canonical entries, the Merkle tree over them, signed checkpoints, and the offline verifier.

Reads downwards: verify -> export -> tlog_proof, checkpoint, tiles -> merkle, signing, entry -> `services.proofs`.
"""
