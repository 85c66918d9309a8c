"""What a verification of the log found: data, for a person or a program to act on."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from services.proofs import Checkpoint

MAX_FINDINGS = 20
"""Kept word for word of each fault; further ones are counted."""


class Fault(StrEnum):
    """What can be wrong with a log, or with what it is checked against."""

    FILE_MISSING = "file_missing"
    HEAD_REFUSED = "head_refused"
    """The newest checkpoint is malformed, another log's, or not signed by the log's key."""
    HISTORY_REFUSED = "history_refused"
    """The same, of an exported earlier checkpoint."""
    HISTORY_DISORDERED = "history_disordered"
    """Exported checkpoints shrink, or exceed the head: the head was swapped for an older one, or they were."""
    MEMORY_REFUSED = "memory_refused"
    """The same as HEAD_REFUSED, of a checkpoint that the verifier remembers."""
    ROLLED_BACK = "rolled_back"
    """The log is shorter than a checkpoint that the verifier remembers: its tail was cut."""
    FORKED = "forked"
    """The key signed two histories that contradict each other."""
    ALTERED = "altered"
    """The entries are not the ones that were signed."""
    CUT_SHORT = "cut_short"
    """The head promises more entries than there are."""
    TRAILING = "trailing"
    """There are entries after the last one that the head covers."""
    LINE_UNREADABLE = "line_unreadable"
    ENTRIES_MISSING = "entries_missing"
    """Indexes are skipped."""
    OUT_OF_ORDER = "out_of_order"
    """An index comes late, or twice."""
    PROSE_REFUSED = "prose_refused"
    """Disclosed words that are not what the entry committed to, or that belong to no entry."""
    ENTRY_MALFORMED = "entry_malformed"
    """An entry in the database is not spelled as an entry is."""
    COLUMNS_DIFFER = "columns_differ"
    """What the database finds an entry by is not what the entry says."""
    NODES_DIFFER = "nodes_differ"
    """The tree's hashes in the database are not those of its entries."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and a sentence that says where."""

    fault: Fault
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was checked, and everything that was wrong with it."""

    findings: tuple[Finding, ...]
    """In the order they came up; at most `MAX_FINDINGS` of each fault, so that a flood of one hides no other."""
    omitted: int
    """Findings beyond those."""
    head: Checkpoint | None
    """The newest checkpoint, if it is signed as it should be."""
    entries: int
    """How many were hashed."""
    root: bytes
    """Over the entries that were hashed."""
    checkpoints: int
    """Exported checkpoints, the head not counted, that were signed as they should be and compared with the entries."""
    remembered: int
    """The same, of the checkpoints that the verifier remembers."""
    disclosed: int
    """Entries whose words were disclosed and are what the entry committed to."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing at all was wrong."""
        return not self.findings

    @property
    def faults(self) -> frozenset[Fault]:
        """Which kinds of things are wrong."""
        return frozenset(finding.fault for finding in self.findings)


@dataclass(slots=True)
class Findings:
    """Findings as they are made; a flood of them is counted, not kept."""

    kept: list[Finding] = field(default_factory=list)
    omitted: int = 0
    _made: Counter[Fault] = field(default_factory=Counter)

    def add(self, fault: Fault, sentence: str) -> None:
        """Note one thing that is wrong."""
        self._made[fault] += 1
        if self._made[fault] <= MAX_FINDINGS:
            self.kept.append(Finding(fault, sentence))
        else:
            self.omitted += 1
