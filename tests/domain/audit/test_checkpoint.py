"""L-04: a log never signs what contradicts an earlier checkpoint of its own."""

import pytest

from services.domain.audit.checkpoint import sign_first, sign_next
from services.domain.audit.merkle import consistency_proof
from services.domain.audit.signing import verify_ed25519
from services.proofs import BadCheckpoint, Checkpoint, Inconsistent, leaf_hash, open_checkpoint
from tests.domain.audit.logs import OTHER_LOG, SIGNER, canonical, checkpoint_over, stored_tree

ENTRIES = [canonical(number) for number in range(20)]
FORKED = [*ENTRIES[:5], canonical(99), *ENTRIES[6:]]


def proof(entries: list[bytes], first: int, second: int) -> tuple[bytes, ...]:
    return consistency_proof(first, second, stored_tree([leaf_hash(entry) for entry in entries])[1])


def test_a_log_that_grew_is_signed() -> None:
    last, grown = checkpoint_over(ENTRIES[:7]), checkpoint_over(ENTRIES)
    note = sign_next(last, grown, proof(ENTRIES, 7, 20), SIGNER)
    assert open_checkpoint(note, SIGNER.key, verify_ed25519) == grown


def test_the_same_size_and_root_may_be_signed_again() -> None:
    last = checkpoint_over(ENTRIES)
    assert sign_next(last, last, (), SIGNER) == sign_first(last, SIGNER)


def test_a_restored_older_log_is_not_signed() -> None:
    with pytest.raises(Inconsistent, match="shrank from 20 entries to 7"):
        sign_next(checkpoint_over(ENTRIES), checkpoint_over(ENTRIES[:7]), (), SIGNER)


def test_another_log_of_the_same_size_is_not_signed() -> None:
    with pytest.raises(Inconsistent, match="same size"):
        sign_next(checkpoint_over(ENTRIES), checkpoint_over(FORKED), (), SIGNER)


def test_a_fork_that_grew_is_not_signed_whatever_the_proof() -> None:
    last, grown = checkpoint_over(ENTRIES[:7]), checkpoint_over(FORKED)
    for forged in (proof(FORKED, 7, 20), proof(ENTRIES, 7, 20), ()):
        with pytest.raises(Inconsistent, match="does not continue"):
            sign_next(last, grown, forged, SIGNER)


def test_a_key_signs_for_its_own_log_only() -> None:
    with pytest.raises(BadCheckpoint, match="does not sign for"):
        sign_first(checkpoint_over(ENTRIES), OTHER_LOG)
    other = checkpoint_over(ENTRIES, OTHER_LOG)
    with pytest.raises(Inconsistent, match="cannot succeed"):
        sign_next(checkpoint_over(ENTRIES), other, (), OTHER_LOG)


def test_a_checkpoint_that_is_none_cannot_be_made() -> None:
    root = checkpoint_over(ENTRIES).root
    for origin, size, bad in (("", 1, root), ("a b", 1, root), ("a", -1, root), ("a", 1, root[1:]), ("a", 0, root)):
        with pytest.raises(BadCheckpoint):
            Checkpoint(origin=origin, size=size, root=bad)
