"""The log as an export: written to a folder that anyone can check offline, and read back from one."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import rmtree
from typing import BinaryIO

from sqlalchemy import Connection, select

from services.domain.audit.entry import Prose
from services.domain.audit.export import (
    ENTRIES_FILE,
    HEAD_FILE,
    HISTORY_FILE,
    PROSE_FILE,
    OpenFile,
    entry_line,
    prose_line,
)
from services.domain.audit.signing import verify_ed25519
from services.domain.outcome import Missing
from services.proofs import Checkpoint, VerifierKey, open_checkpoint
from services.storage.audit_reader import entries_between
from services.storage.sealing import Sealer
from services.storage.tables import audit_checkpoints, audit_entries, audit_prose

CHUNK = 1000
"""Rows read at a time."""

_READABLE = frozenset({HEAD_FILE, HISTORY_FILE, ENTRIES_FILE, PROSE_FILE})


def export_log(connection: Connection, key: VerifierKey, folder: Path, *, disclose: Sealer | None = None) -> Checkpoint:
    """Write the log up to its newest checkpoint into *folder*, which is made for us alone; returns that checkpoint.

    Whatever goes wrong, no half of an export stays. Without *disclose* the words that people typed stay out, and
    nothing in the folder is personal. In constant memory.

    Raises:
        Missing: If the log was never signed.
        ProofError: If the newest checkpoint is not this key's.
        FileExistsError: If the folder exists.
        Unreadable: If words that should be disclosed cannot be opened.
    """
    note = newest_note(connection)
    if note is None:
        raise Missing
    head = open_checkpoint(note, key, verify_ed25519)
    folder.mkdir(mode=0o700, parents=True)
    with ExitStack() as undo:
        undo.callback(rmtree, folder, ignore_errors=True)
        _write(folder / ENTRIES_FILE, entry_lines(connection, head.size))
        _write(folder / HISTORY_FILE, (note.encode() + b"\n" for _, _, note in stored_notes(connection)))
        if disclose is not None:
            lines = (prose_line(index, prose) for index, prose in disclosed(connection, disclose, head.size))
            _write(folder / PROSE_FILE, lines)
        _write(folder / HEAD_FILE, [note.encode()])
        undo.pop_all()
    return head


def open_folder(folder: Path) -> OpenFile:
    """Opens the files of an exported log."""

    def open_file(name: str) -> BinaryIO | None:
        if name not in _READABLE:
            raise ValueError(f"an export has no file {name}")
        try:
            return (folder / name).open("rb")
        except FileNotFoundError:
            return None

    return open_file


def newest_note(connection: Connection) -> str | None:
    """The newest signed note, not verified; None if the log was never signed."""
    table = audit_checkpoints.c
    return connection.execute(select(table.note).order_by(table.size.desc()).limit(1)).scalar()


def stored_notes(connection: Connection) -> Iterator[tuple[int, bytes, str]]:
    """Size, root and note of every stored checkpoint in order, as the columns have them, not verified."""
    table = audit_checkpoints.c
    last = -1
    while rows := connection.execute(
        select(table.size, table.root, table.note).where(table.size > last).order_by(table.size).limit(CHUNK)
    ).all():
        yield from ((row.size, row.root, row.note) for row in rows)
        last = rows[-1].size


def entry_lines(connection: Connection, size: int) -> Iterator[bytes]:
    """The line of every entry of the log of *size* entries."""
    for first in range(0, size, CHUNK):
        for index, text in entries_between(connection, first, min(first + CHUNK, size)):
            yield entry_line(index, text.encode())


def disclosed(connection: Connection, sealer: Sealer, size: int) -> Iterator[tuple[int, Prose]]:
    """Index and words of the entries whose words are still kept, in the order of the log.

    Raises:
        Unreadable: If words were altered in the database, or swapped with others.
    """
    entry, prose = audit_entries.c, audit_prose.c
    joined = select(entry.leaf_index, prose.serial, prose.salt, prose.text).join_from(
        audit_entries, audit_prose, entry.serial == prose.serial
    )
    last = -1
    while rows := connection.execute(
        joined.where(entry.leaf_index > last, entry.leaf_index < size).order_by(entry.leaf_index).limit(CHUNK)
    ).all():
        for row in rows:
            salt = sealer.open(row.salt, f"audit_prose.salt:{row.serial}")
            yield row.leaf_index, Prose(salt=salt, text=sealer.open_text(row.text, f"audit_prose.text:{row.serial}"))
        last = rows[-1].leaf_index


def _write(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("xb") as file:
        file.writelines(lines)
