"""C2SP checkpoints: what a log says of itself at one moment, and whether it may follow what it said before (L-04)."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.proofs.errors import BadCheckpoint, BadProof, Inconsistent
from services.proofs.merkle import EMPTY_ROOT, HASH_BYTES, verify_consistency
from services.proofs.note import VerifierKey, VerifySignature, decode_base64, encode_base64, is_key_name, open_note

MAX_SIZE = 2**63 - 1
"""The largest log anyone can speak of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A log's name, how many entries it holds, and the root over all of them. Always well-formed.

    Raises:
        BadCheckpoint: On making one that is not.
    """

    origin: str
    """Also the name of the key that signs it."""
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.origin):
            raise BadCheckpoint("a log's origin must be non-empty and hold no space, plus sign or control character")
        if not 0 <= self.size <= MAX_SIZE:
            raise BadCheckpoint(f"a log cannot hold {self.size} entries")
        if len(self.root) != HASH_BYTES:
            raise BadCheckpoint(f"a root is {HASH_BYTES} bytes long")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise BadCheckpoint("an empty log does not have the empty root")

    @property
    def text(self) -> str:
        """The three lines that are signed: origin, size in decimal, root in base64."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint's note. The note's signatures are `open_checkpoint`'s matter.

    Extension lines are refused: nobody could audit them, and our log never writes any.

    Raises:
        BadCheckpoint: If it is not three lines of origin, size and root.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[-1]:
        raise BadCheckpoint("a checkpoint is three lines: origin, size and root")
    origin, size, root = lines[:3]
    if not (size.isascii() and size.isdigit() and len(size) <= len(str(MAX_SIZE))) or size != str(int(size)):
        raise BadCheckpoint(f"{size!r} is not a size: decimal, without leading zeros")
    try:
        return Checkpoint(origin=origin, size=int(size), root=decode_base64(root))
    except BadCheckpoint:
        raise
    except ValueError as error:
        raise BadCheckpoint(f"the root is {error}") from None


def open_checkpoint(note: str | bytes, key: VerifierKey, verify: VerifySignature) -> Checkpoint:
    """Read a checkpoint that *key*, the log's own, has signed.

    1. the note is well-formed and signed by the key
    2. its text is a checkpoint
    3. its origin is the key's name

    Raises:
        BadNote: If step 1 fails.
        BadCheckpoint: If step 2 or 3 fails.
    """
    opened = open_note(note, [key], verify)  # 1.
    checkpoint = parse_checkpoint(opened.text)  # 2.
    if checkpoint.origin != key.name:  # 3.
        raise BadCheckpoint(f"this is a checkpoint of {checkpoint.origin}, not of {key.name}")
    return checkpoint


def check_succession(older: Checkpoint, newer: Checkpoint, proof: Sequence[bytes]) -> None:
    """Check that one append-only log can have said *older* and then *newer*: what a witness asks, and a signer.

    1. both are of one log
    2. it did not shrink
    3. the consistency proof holds

    Raises:
        Inconsistent: If any step fails.
    """
    if older.origin != newer.origin:  # 1.
        raise Inconsistent(f"{newer.origin} cannot succeed {older.origin}")
    if newer.size < older.size:  # 2.
        raise Inconsistent(f"the log shrank from {older.size} entries to {newer.size}")
    try:  # 3.
        verify_consistency(
            first_size=older.size, second_size=newer.size, first_root=older.root, second_root=newer.root, proof=proof
        )
    except BadProof as error:
        raise Inconsistent(f"the log of {newer.size} entries does not continue that of {older.size}: {error}") from None
