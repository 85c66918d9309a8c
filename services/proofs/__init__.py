"""What anyone needs to check our audit log without trusting us: tree hashes, proofs, signed notes, checkpoints.

Both sides import it (the desktop is a witness, the server is the log), so it knows nothing but the standard library:
whoever calls brings the signature verification.

```
ProofError                something offered as proof proves nothing
+-- BadProof              a Merkle proof that does not lead to the root
+-- BadKey                a verifier key that is not one
+-- BadNote               a signed note that is malformed, or not signed by whom it should be
+-- BadCheckpoint         a checkpoint that is malformed, or another log's
    +-- Inconsistent      two checkpoints that cannot both be true of one append-only log
```

Source: RFC 9162 section 2.1; C2SP signed-note, tlog-checkpoint, tlog-cosignature (L-01 to L-05, L-09, L-10).
"""

from services.proofs.checkpoint import Checkpoint, check_succession, open_checkpoint, parse_checkpoint
from services.proofs.errors import BadCheckpoint, BadKey, BadNote, BadProof, Inconsistent, ProofError
from services.proofs.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from services.proofs.note import (
    Note,
    Signature,
    VerifierKey,
    VerifySignature,
    open_note,
    parse_note,
    parse_vkey,
)

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "BadCheckpoint",
    "BadKey",
    "BadNote",
    "BadProof",
    "Checkpoint",
    "Inconsistent",
    "Note",
    "ProofError",
    "Signature",
    "VerifierKey",
    "VerifySignature",
    "check_succession",
    "leaf_hash",
    "node_hash",
    "open_checkpoint",
    "open_note",
    "parse_checkpoint",
    "parse_note",
    "parse_vkey",
    "verify_consistency",
    "verify_inclusion",
]
