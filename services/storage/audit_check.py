"""Checking the log where it lives: everything is computed anew from the rows, and nothing stored is believed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

from sqlalchemy import Connection, Row, func, select

from services.domain.audit.entry import BadEntry, parse_entry
from services.domain.audit.export import (
    ENTRIES_FILE,
    HEAD_FILE,
    HISTORY_FILE,
    PROSE_FILE,
    Stream,
    entry_line,
    prose_line,
)
from services.domain.audit.merkle import Frontier, Node
from services.domain.audit.report import Fault, Findings, Report
from services.domain.audit.signing import verify_ed25519
from services.domain.audit.verify import verify_export
from services.proofs import VerifierKey, leaf_hash
from services.proofs.note import encode_base64
from services.storage.audit_export import CHUNK, disclosed, newest_note, stored_notes
from services.storage.audit_nodes import load_row
from services.storage.data_keys import Unreadable
from services.storage.sealing import Sealer
from services.storage.tables import audit_entries, audit_nodes


def verify_database(connection: Connection, sealer: Sealer, key: VerifierKey, remembered: Iterable[str] = ()) -> Report:
    """Check the log in the database, in constant memory; *remembered* are signed notes kept elsewhere.

    1. what `verify_export` checks, with every checkpoint ever stored, and all the words that are still kept
    2. every entry is spelled as an entry is, and the columns it is found by are what it says
    3. every stored node of the tree is the hash of its entries, and there are no others

    Entries that wait for their place are not part of the log yet, and not checked.
    """
    rows = _Rows(connection, sealer)
    report = verify_export(rows.open_file, key, verify_ed25519, remembered)  # 1.
    findings = rows.finish()  # 2. 3.
    return replace(report, findings=(*report.findings, *findings.kept), omitted=report.omitted + findings.omitted)


class _Lines:
    """A stream over lines that are made as they are read."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines

    def read(self, _limit: int, /) -> bytes:
        return b"".join(self._lines)

    def readline(self, _limit: int, /) -> bytes:
        return next(self._lines, b"")

    def close(self) -> None:
        self._lines = iter(())


class _Rows:
    """The database as an export; what an export could not show is checked as the rows pass by."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer
        self._findings = Findings()
        self._frontier = Frontier()
        self._is_whole = True

    def open_file(self, name: str) -> Stream | None:
        if name == HEAD_FILE:
            note = newest_note(self._connection)
            return None if note is None else _Lines(iter([note.encode()]))
        lines = {ENTRIES_FILE: self._entries, HISTORY_FILE: self._notes, PROSE_FILE: self._prose}[name]
        return _Lines(lines())

    def finish(self) -> Findings:
        """What was found, with the nodes that belong to nothing."""
        if self._is_whole:
            size = self._frontier.size
            stored = self._connection.execute(select(func.count()).select_from(audit_nodes)).scalar_one()
            extra = stored - sum(size >> level for level in range(size.bit_length()))
            if extra > 0:
                self._findings.add(Fault.NODES_DIFFER, f"{extra} stored hashes belong to no entries.")
        return self._findings

    def _notes(self) -> Iterator[bytes]:
        """The notes line by line, as a file has them."""
        for size, root, note in stored_notes(self._connection):
            text = note.split("\n\n")[0] + "\n"
            if text.split("\n")[1:] != [str(size), encode_base64(root), ""]:
                self._findings.add(Fault.COLUMNS_DIFFER, f"The checkpoint for {size} entries says something else.")
            yield from BytesIO(note.encode() + b"\n")

    def _entries(self) -> Iterator[bytes]:
        last = -1
        while rows := self._chunk(last):
            self._check_nodes(rows)
            for row in rows:
                self._check_columns(row)
                yield entry_line(row.leaf_index, row.text.encode())
            last = rows[-1].leaf_index

    def _chunk(self, last: int) -> list[Row[*tuple[Any, ...]]]:
        table = audit_entries
        query = select(table).where(table.c.leaf_index > last).order_by(table.c.leaf_index).limit(CHUNK)
        return list(self._connection.execute(query))

    def _check_columns(self, row: Row[*tuple[Any, ...]]) -> None:
        try:
            entry = parse_entry(row.text.encode())
        except BadEntry as error:
            self._findings.add(Fault.ENTRY_MALFORMED, f"Entry {row.leaf_index} is malformed: {error}.")
            return
        columns = {"at": entry.at, "event": entry.event, "actor": entry.actor} | {
            "subject": entry.subject,
            "case_id": entry.case,
        }
        wrong = [name for name, value in columns.items() if getattr(row, name) != value]
        if wrong:
            self._findings.add(
                Fault.COLUMNS_DIFFER, f"Entry {row.leaf_index} is found by another {', '.join(wrong)} than it says."
            )

    def _check_nodes(self, rows: list[Row[*tuple[Any, ...]]]) -> None:
        """Compare the stored nodes that these entries complete; after a gap there is nothing to compare with."""
        start = self._frontier.size
        self._is_whole = self._is_whole and rows[0].leaf_index == start and rows[-1].leaf_index == start + len(rows) - 1
        if not self._is_whole:
            return
        made = self._frontier.extend(leaf_hash(row.text.encode()) for row in rows)
        for level in range(self._frontier.size.bit_length()):
            due = [node for node in made if node.level == level]
            if due:
                self._compare(level, due)

    def _compare(self, level: int, due: list[Node]) -> None:
        stored = dict(load_row(self._connection, level, due[0].position, due[-1].position + 1))
        for node in due:
            if stored.get(node.position) != node.hash:
                self._findings.add(
                    Fault.NODES_DIFFER, f"The stored hash {node.position} of level {level} is not that of its entries."
                )

    def _prose(self) -> Iterator[bytes]:
        try:
            for index, prose in disclosed(self._connection, self._sealer, 2**63 - 1):
                yield prose_line(index, prose)
        except Unreadable as error:
            self._findings.add(Fault.PROSE_REFUSED, f"Words that were typed cannot be opened: {error}.")
