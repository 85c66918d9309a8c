"""L-04: the text of a checkpoint, whose it is, and what may follow it."""

from typing import Any

import pytest

from services.domain.audit.signing import Ed25519Signer, sign_note, verify_ed25519
from services.proofs import (
    EMPTY_ROOT,
    BadCheckpoint,
    BadNote,
    Checkpoint,
    Inconsistent,
    check_succession,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
    parse_vkey,
)
from services.proofs.checkpoint import MAX_SIZE
from tests.proofs.vectors import load, unbase64

VECTORS = load("tlog/tlog_generated_vectors.json")
KEY = parse_vkey(VECTORS["vkey"])
TEXT = parse_note(VECTORS["checkpoints"]["7"]).text
EMPTY = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def at(size: int) -> Checkpoint:
    return open_checkpoint(VECTORS["checkpoints"][str(size)], KEY, verify_ed25519)


@pytest.mark.parametrize("size", VECTORS["checkpoints"])
def test_published_checkpoints_open_and_are_written_the_same(size: str) -> None:
    checkpoint = at(int(size))
    assert checkpoint.origin == VECTORS["origin"]
    assert checkpoint.size == int(size)
    assert VECTORS["checkpoints"][size].startswith(checkpoint.text + "\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT.replace("\n7\n", "\n07\n"), id="leading zero"),
        pytest.param(TEXT.replace("\n7\n", "\n+7\n"), id="sign"),
        pytest.param(TEXT.replace("\n7\n", "\n-7\n"), id="negative"),
        pytest.param(TEXT.replace("\n7\n", "\n 7\n"), id="space"),
        pytest.param(TEXT.replace("\n7\n", "\n\u0667\n"), id="digit of another script"),
        pytest.param(TEXT.replace("\n7\n", "\n\n"), id="no size"),
        pytest.param(TEXT.replace("\n7\n", f"\n{MAX_SIZE + 1}\n"), id="too large"),
        pytest.param(TEXT.replace("\n7\n", "\n" + "7" * 5000 + "\n"), id="absurdly large"),
        pytest.param(TEXT.replace("=\n", "\n"), id="root without padding"),
        pytest.param(f"{VECTORS['origin']}\n7\nAAAA\n", id="short root"),
        pytest.param(f"{VECTORS['origin']}\n0\n{TEXT.split()[2]}\n", id="empty log with another root"),
        pytest.param("\n" + TEXT.split("\n", 1)[1], id="no origin"),
        pytest.param("a b\n" + TEXT.split("\n", 1)[1], id="space in the origin"),
        pytest.param("a+b\n" + TEXT.split("\n", 1)[1], id="plus in the origin"),
        pytest.param(TEXT + "extension\n", id="extension line"),
        pytest.param(TEXT[:-1], id="no newline"),
        pytest.param("", id="nothing"),
    ],
)
def test_malformed_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        parse_checkpoint(text)


def test_a_checkpoint_is_the_log_s_own() -> None:
    other = Ed25519Signer("log.example/other", bytes(32))
    with pytest.raises(BadNote):
        open_checkpoint(sign_note(TEXT, other), KEY, verify_ed25519)
    with pytest.raises(BadCheckpoint, match="not of log"):
        open_checkpoint(sign_note(TEXT, other), other.key, verify_ed25519)


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=lambda case: f"{case['size1']} to {case['size2']}")
def test_published_succession(case: dict[str, Any]) -> None:
    older, newer, proof = at(case["size1"]), at(case["size2"]), unbase64(case["proof_b64"])
    check_succession(older, newer, proof)
    with pytest.raises(Inconsistent):
        check_succession(older, newer, [bytes(32), *proof[1:]])


def test_what_a_witness_refuses() -> None:
    older = at(7)
    other_log = Checkpoint(origin="log.example/other", size=7, root=older.root)
    other_root = Checkpoint(origin=older.origin, size=7, root=bytes(32))
    for newer, why in ((at(3), "shrank"), (at(0), "shrank"), (other_log, "cannot succeed"), (other_root, "roots")):
        with pytest.raises(Inconsistent, match=why):
            check_succession(older, newer, [])


def test_the_same_again_and_the_first_ever_need_no_proof() -> None:
    check_succession(at(7), at(7), [])
    check_succession(at(0), at(7), [])
    assert at(0) == parse_checkpoint(f"{VECTORS['origin']}\n0\n{EMPTY}\n")
    assert at(0).root == EMPTY_ROOT
