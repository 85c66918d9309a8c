"""Builds logs and their exports in memory, true ones and forged ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

from services.domain.audit.entry import Prose, write_entry
from services.domain.audit.export import (
    ENTRIES_FILE,
    HEAD_FILE,
    HISTORY_FILE,
    PROSE_FILE,
    OpenFile,
    entry_line,
    prose_line,
)
from services.domain.audit.merkle import Frontier, ReadNode
from services.domain.audit.report import Report
from services.domain.audit.signing import Ed25519Signer, sign_note, verify_ed25519
from services.domain.audit.verify import verify_export
from services.domain.outcome import Entry
from services.proofs import Checkpoint, leaf_hash
from services.vocabulary import SYSTEM, Event

SIGNER = Ed25519Signer("audit.example/desk", bytes(range(32)))
STRANGER = Ed25519Signer("audit.example/desk", bytes(range(1, 33)))
"""Another key under the same name."""
OTHER_LOG = Ed25519Signer("audit.example/other", bytes(range(32)))

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def entry(number: int, prose: str | None = None) -> Entry:
    """An entry that differs from every other number's."""
    return Entry(
        event=Event.CASE_NOTED,
        at=EPOCH + timedelta(seconds=number),
        actor=SYSTEM,
        subject="acct_1",
        case=f"case_{number // 3}",
        details={"n": number},
        prose=prose,
    )


def salt(number: int) -> bytes:
    """32 bytes, of no secret."""
    return number.to_bytes(32, "big")


def canonical(number: int, prose: str | None = None) -> bytes:
    """The entry as the log holds it."""
    return write_entry(entry(number, prose), salt(number)).canonical


def stored_tree(leaves: Sequence[bytes]) -> tuple[Frontier, ReadNode]:
    """The tree over leaf hashes, and its stored nodes."""
    frontier = Frontier()
    nodes = {(node.level, node.position): node.hash for node in frontier.extend(leaves)}
    return frontier, lambda level, index: nodes[level, index]


def checkpoint_over(entries: Sequence[bytes], signer: Ed25519Signer = SIGNER) -> Checkpoint:
    """What an honest log says of these entries."""
    frontier = Frontier()
    frontier.extend(map(leaf_hash, entries))
    return Checkpoint(origin=signer.key.name, size=len(entries), root=frontier.root)


def signed(entries: Sequence[bytes], signer: Ed25519Signer = SIGNER) -> str:
    """The signed note of these entries."""
    return sign_note(checkpoint_over(entries, signer).text, signer)


@dataclass(frozen=True)
class Export:
    """An exported log, file by file."""

    entries: tuple[tuple[int, bytes], ...]
    head: str | None
    history: tuple[str, ...] = ()
    prose: tuple[tuple[int, Prose], ...] = ()
    raw: dict[str, bytes | None] = field(default_factory=dict)
    """Files replaced by other bytes, or taken away."""

    @property
    def open_file(self) -> OpenFile:
        """Opens its files."""
        files: dict[str, bytes | None] = {
            ENTRIES_FILE: b"".join(entry_line(index, data) for index, data in self.entries),
            HEAD_FILE: None if self.head is None else self.head.encode(),
            HISTORY_FILE: "".join(note + "\n" for note in self.history).encode() if self.history else None,
            PROSE_FILE: b"".join(prose_line(index, prose) for index, prose in self.prose) if self.prose else None,
        } | self.raw
        return lambda name: None if (content := files[name]) is None else BytesIO(content)

    def renumbered(self) -> "Export":
        """The same lines with the indexes that a careful forger would give them."""
        return replace(self, entries=tuple((place, data) for place, (_, data) in enumerate(self.entries)))

    def verified(self, *remembered: str) -> Report:
        """What the verifier says of it."""
        return verify_export(self.open_file, SIGNER.key, verify_ed25519, remembered)


def export(entries: Sequence[bytes], history: Sequence[int] = (), signer: Ed25519Signer = SIGNER) -> Export:
    """A true export, with checkpoints of the sizes in *history* and the head over everything."""
    return Export(
        entries=tuple(enumerate(entries)),
        head=signed(entries, signer),
        history=tuple(signed(entries[:size], signer) for size in history),
    )
