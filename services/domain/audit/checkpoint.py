"""What the log signs of itself, and never signs: a checkpoint that contradicts an earlier one (L-04)."""

from collections.abc import Sequence

from services.domain.audit.signing import Signer, sign_note
from services.proofs import BadCheckpoint, Checkpoint, check_succession


def sign_first(checkpoint: Checkpoint, signer: Signer) -> str:
    """The signed note of a log's very first checkpoint. The caller knows that no other was ever signed.

    Raises:
        BadCheckpoint: If the signer's key is not the log's.
    """
    if checkpoint.origin != signer.key.name:
        raise BadCheckpoint(f"the key of {signer.key.name} does not sign for {checkpoint.origin}")
    return sign_note(checkpoint.text, signer)


def sign_next(last: Checkpoint, checkpoint: Checkpoint, proof: Sequence[bytes], signer: Signer) -> str:
    """The signed note of *checkpoint*, which *proof* shows to continue *last*, the newest one ever signed.

    1. the log only grew
    2. the key is the log's

    Raises:
        Inconsistent: If step 1 fails: the log was rolled back, cut or rewritten. Nothing is signed.
        BadCheckpoint: If step 2 fails.
    """
    check_succession(last, checkpoint, proof)  # 1.
    return sign_first(checkpoint, signer)  # 2.
