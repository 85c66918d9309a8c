"""Hashing an export's entries in order, and saying which are missing, repeated, out of order or unreadable."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice

from services.domain.audit.entry import BadEntry, Prose, parse_entry
from services.domain.audit.export import (
    ENTRIES_FILE,
    MAX_PROSE_BYTES,
    PROSE_FILE,
    OpenFile,
    parse_entry_line,
    parse_prose_line,
    read_lines,
)
from services.domain.audit.merkle import Frontier
from services.domain.audit.report import MAX_FINDINGS, Fault, Findings
from services.proofs import leaf_hash


class Walk:
    """One pass over the entries, in constant memory."""

    def __init__(self, open_file: OpenFile, findings: Findings) -> None:
        self.frontier = Frontier()
        self.disclosed = 0
        self._findings = findings
        self._order = _Order(findings)
        self._entries = self._read_entries(open_file)
        self._prose = self._read_prose(open_file)
        self._next_prose = next(self._prose, None)

    def advance(self, size: int) -> bool:
        """Hash on until *size* entries are hashed; False if there are not as many."""
        for canonical in islice(self._entries, size - self.frontier.size):
            if self._next_prose is not None and self._next_prose[0] == self.frontier.size:
                self._compare_prose(canonical, self._next_prose[1])
            self.frontier.append(leaf_hash(canonical))
        return self.frontier.size == size

    def finish(self) -> int:
        """Read to the end without hashing; how many entries that were."""
        rest = sum(1 for _ in self._entries)
        self._order.finish()
        if self._next_prose is not None:
            self._refuse_prose(self._next_prose[0], "belong to no entry")
        for index, _ in self._prose:
            self._refuse_prose(index, "belong to no entry")
        return rest

    def _read_entries(self, open_file: OpenFile) -> Iterator[bytes]:
        stream = open_file(ENTRIES_FILE)
        if stream is None:
            self._findings.add(Fault.FILE_MISSING, f"There is no file {ENTRIES_FILE}.")
            return
        with closing(stream):
            for number, line in enumerate(read_lines(stream), 1):
                yield self._read_entry(number, line)

    def _read_entry(self, number: int, line: bytes) -> bytes:
        """The entry's canonical bytes; of an unreadable line nothing, so that what follows keeps its place."""
        try:
            index, canonical = parse_entry_line(line)
        except ValueError as error:
            self._findings.add(Fault.LINE_UNREADABLE, f"Line {number} of {ENTRIES_FILE} {error}.")
            self._order.expected += 1
            return b""
        if index != self._order.expected:
            self._order.place(number, index)
        else:
            self._order.expected += 1
        return canonical

    def _read_prose(self, open_file: OpenFile) -> Iterator[tuple[int, Prose]]:
        stream = open_file(PROSE_FILE)
        if stream is None:
            return
        last = -1
        with closing(stream):
            for number, line in enumerate(read_lines(stream, MAX_PROSE_BYTES), 1):
                try:
                    index, prose = parse_prose_line(line)
                except ValueError as error:
                    self._findings.add(Fault.PROSE_REFUSED, f"Line {number} of {PROSE_FILE} {error}.")
                    continue
                if index <= last:
                    self._refuse_prose(index, "are not in the order of the log")
                    continue
                last = index
                yield index, prose

    def _compare_prose(self, canonical: bytes, prose: Prose) -> None:
        try:
            committed = parse_entry(canonical).commitment
        except BadEntry:
            committed = None
        if committed == prose.commitment:
            self.disclosed += 1
        else:
            self._refuse_prose(self.frontier.size, "are not what the entry committed to")
        self._next_prose = next(self._prose, None)

    def _refuse_prose(self, index: int, why: str) -> None:
        self._findings.add(Fault.PROSE_REFUSED, f"The words disclosed for entry {index} {why}.")


class _Order:
    """Which index is due, which were passed over so far, and which came late."""

    def __init__(self, findings: Findings) -> None:
        self.expected = 0
        self._findings = findings
        self._gaps: list[range] = []
        self._late = range(0)
        self._late_at = 0

    def place(self, number: int, index: int) -> None:
        """Take note of *index* at line *number*, where another was due."""
        if index > self.expected:
            self._gaps.append(range(self.expected, index))
            self.expected = index + 1
        elif not self._fill(index):
            self._findings.add(Fault.OUT_OF_ORDER, f"Entry {index} comes again, at line {number} of {ENTRIES_FILE}.")
        elif self._late and index == self._late.stop:
            self._late = range(self._late.start, index + 1)
        else:
            self._report_late()
            self._late, self._late_at = range(index, index + 1), number
        if len(self._gaps) > MAX_FINDINGS:
            self._report_missing(self._gaps.pop(0))

    def finish(self) -> None:
        """Report what is still held back: what came late, and what was passed over and never came."""
        self._report_late()
        for gap in self._gaps:
            self._report_missing(gap)
        self._gaps.clear()

    def _fill(self, index: int) -> bool:
        for place, gap in enumerate(self._gaps):
            if index in gap:
                parts = (range(gap.start, index), range(index + 1, gap.stop))
                self._gaps[place : place + 1] = [part for part in parts if part]
                return True
        return False

    def _report_late(self) -> None:
        if self._late:
            come = "comes" if len(self._late) == 1 else "come"
            where = f"from line {self._late_at} of {ENTRIES_FILE}"
            self._findings.add(Fault.OUT_OF_ORDER, f"{_entries(self._late)} {come} late, {where}.")
        self._late = range(0)

    def _report_missing(self, gap: range) -> None:
        are = "is" if len(gap) == 1 else "are"
        self._findings.add(Fault.ENTRIES_MISSING, f"{_entries(gap)} {are} missing from {ENTRIES_FILE}.")


def _entries(indexes: range) -> str:
    return f"Entry {indexes[0]}" if len(indexes) == 1 else f"Entries {indexes[0]} to {indexes[-1]}"
