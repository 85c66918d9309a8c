"""Why something offered as proof proves nothing. Each error carries one sentence."""


class ProofError(ValueError):
    """Something offered as proof proves nothing."""


class BadProof(ProofError):
    """A Merkle proof that does not lead to the root."""


class BadKey(ProofError):
    """A verifier key that is not one."""


class BadNote(ProofError):
    """A signed note that is malformed, or not signed by whom it should be."""


class BadCheckpoint(ProofError):
    """A checkpoint that is malformed, or another log's."""


class Inconsistent(BadCheckpoint):
    """Two checkpoints that cannot both be true of one append-only log."""
