"""C2SP tlog-proof: one file that shows, offline, that an entry is in the log (L-07). Usual extension `.tlog-proof`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.proofs import (
    BadProof,
    Checkpoint,
    VerifierKey,
    VerifySignature,
    leaf_hash,
    open_checkpoint,
    open_note,
    verify_inclusion,
)
from services.proofs.note import decode_base64, encode_base64

HEADER = "c2sp.org/tlog-proof@v1"

MAX_HASHES = 63
"""The height of the largest tree anyone can speak of."""

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionProof:
    """An entry's place in a log, the hashes that lead to the root, and the log's signed note about that root."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None
    """Whatever the application attached. Not covered by the proof: never trust it for being here."""

    def __str__(self) -> str:
        extra = "" if self.extra is None else f"extra {encode_base64(self.extra)}\n"
        hashes = "".join(f"{encode_base64(value)}\n" for value in self.hashes)
        return f"{HEADER}\n{extra}index {self.index}\n{hashes}\n{self.checkpoint}"


def parse_proof(text: str) -> InclusionProof:
    """Take a proof apart, believing nothing.

    Raises:
        BadProof: If it is malformed. The checkpoint's own form is checked by `verify_proof`.
    """
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines[0] != HEADER:
        raise BadProof(f"a proof starts with {HEADER} and ends with a checkpoint")
    extra, lines = _extra(lines[1:])
    word, _, index = (lines or [""])[0].partition(" ")
    if word != "index" or not _NUMBER.fullmatch(index):
        raise BadProof("a proof says the entry's index, in decimal without leading zeros")
    if len(lines) > MAX_HASHES + 1:
        raise BadProof(f"a proof has at most {MAX_HASHES} hashes")
    hashes = tuple(_decoded(line) for line in lines[1:])
    return InclusionProof(index=int(index), hashes=hashes, checkpoint=checkpoint, extra=extra)


def verify_proof(
    proof: InclusionProof,
    entry: bytes,
    *,
    key: VerifierKey,
    verify: VerifySignature,
    witnesses: Sequence[VerifierKey] = (),
    quorum: int = 0,
) -> Checkpoint:
    """Check that *entry*, its canonical bytes, is in the log that *key* signs for, and return the checkpoint.

    1. the checkpoint is the log's, and signed
    2. at least *quorum* of the witnesses have cosigned it
    3. the hash of the entry leads to its root

    Raises:
        ProofError: If any step fails.
    """
    checkpoint = open_checkpoint(proof.checkpoint, key, verify)  # 1.
    if quorum > 0:  # 2.
        cosigned = open_note(proof.checkpoint, witnesses, verify)
        names = {signature.name for signature in cosigned.signatures}
        if len(names) < quorum:
            raise BadProof(f"{len(names)} witnesses have cosigned, {quorum} are asked for")
    verify_inclusion(  # 3.
        leaf=leaf_hash(entry), index=proof.index, size=checkpoint.size, proof=proof.hashes, root=checkpoint.root
    )
    return checkpoint


def _extra(lines: list[str]) -> tuple[bytes | None, list[str]]:
    """The extra data, if the first line has it, and the lines after it."""
    word, separator, encoded = (lines or [""])[0].partition(" ")
    if not separator or word != "extra":
        return None, lines
    return _decoded(encoded), lines[1:]


def _decoded(text: str) -> bytes:
    try:
        return decode_base64(text)
    except ValueError as error:
        raise BadProof(f"a line of the proof is {error}") from None
