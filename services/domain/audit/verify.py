"""The offline verifier: proves an exported log against a key and remembered checkpoints, trusting neither us nor it.

One pass in constant memory. What an attacker without the key changed shows against the head; what one with the key
rewrote or cut shows against any checkpoint remembered from before: that is why workstations remember them (L-11).
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import Enum, auto
from heapq import merge

from services.domain.audit.export import HEAD_FILE, HISTORY_FILE, OpenFile, read_notes
from services.domain.audit.report import Fault, Findings, Report
from services.domain.audit.walk import Walk
from services.proofs import Checkpoint, ProofError, VerifierKey, VerifySignature, open_checkpoint
from services.proofs.checkpoint import MAX_SIZE
from services.proofs.note import MAX_NOTE_BYTES


class _Source(Enum):
    HISTORY = auto()
    MEMORY = auto()
    HEAD = auto()


@dataclass(frozen=True, slots=True)
class _Mark:
    """A signed checkpoint to compare the entries with when as many are hashed."""

    source: _Source
    checkpoint: Checkpoint

    @property
    def size(self) -> int:
        return self.checkpoint.size


def verify_export(
    open_file: OpenFile, key: VerifierKey, verify: VerifySignature, remembered: Iterable[str] = ()
) -> Report:
    """Check an exported log. *remembered* are signed notes seen earlier, in any order; without one, a log that its own
    key holder cut or rewrote cannot be told from a true one.

    1. the head is signed by the key, and of its log
    2. so is each remembered checkpoint, and none is larger than the head
    3. so is each exported checkpoint, and their sizes only grow, up to the head
    4. every entry is in its place, and disclosed words are what was committed to
    5. the entries lead to the root of every one of these checkpoints
    6. nothing follows the last entry that the head covers
    """
    return _Verification(open_file, key, verify).run(remembered)


class _Verification:
    def __init__(self, open_file: OpenFile, key: VerifierKey, verify: VerifySignature) -> None:
        self._open_file = open_file
        self._key = key
        self._verify = verify
        self._findings = Findings()
        self._walk = Walk(open_file, self._findings)
        self._compared = dict.fromkeys(_Source, 0)
        self._last_good = 0
        self._first_bad: dict[_Source, tuple[int, _Mark]] = {}
        self._head: Checkpoint | None = None

    def run(self, remembered: Iterable[str]) -> Report:
        self._head = head = self._read_head()  # 1.
        memory = list(self._read_memory(remembered))  # 2.
        marks = [] if head is None else [_Mark(_Source.HEAD, head)]
        for mark in merge(self._read_history(), memory, marks, key=lambda mark: mark.size):  # 3.
            self._compare(mark)  # 4. 5.
        self._judge()
        self._finish()  # 6.
        return self._report()

    def _read_head(self) -> Checkpoint | None:
        stream = self._open_file(HEAD_FILE)
        if stream is None:
            self._findings.add(Fault.FILE_MISSING, f"There is no file {HEAD_FILE}.")
            return None
        with closing(stream):
            return self._open(stream.read(MAX_NOTE_BYTES + 1), Fault.HEAD_REFUSED, "The head")

    def _read_memory(self, remembered: Iterable[str]) -> Iterator[_Mark]:
        """What the caller remembers, smallest first, without what is larger than the head."""
        opened = [self._open(note, Fault.MEMORY_REFUSED, "A remembered checkpoint") for note in remembered]
        for checkpoint in sorted(filter(None, opened), key=lambda checkpoint: checkpoint.size):
            if self._head is not None and checkpoint.size > self._head.size:
                self._report_rollback(checkpoint, self._head.size)
            else:
                yield _Mark(_Source.MEMORY, checkpoint)

    def _read_history(self) -> Iterator[_Mark]:
        """The exported checkpoints, smallest first, without those that are out of order or larger than the head."""
        stream = self._open_file(HISTORY_FILE)
        if stream is None:
            return
        last = -1
        with closing(stream):
            for number, note in enumerate(read_notes(stream), 1):
                name = f"Checkpoint {number} of the file {HISTORY_FILE}"
                checkpoint = self._open(note, Fault.HISTORY_REFUSED, name)
                if checkpoint and self._is_in_order(checkpoint.size, last, name):
                    last = checkpoint.size
                    yield _Mark(_Source.HISTORY, checkpoint)

    def _is_in_order(self, size: int, last: int, name: str) -> bool:
        if size <= last:
            self._findings.add(
                Fault.HISTORY_DISORDERED, f"{name} is for {size} entries, and the one before it for {last}."
            )
            return False
        if self._head is not None and size > self._head.size:
            self._findings.add(
                Fault.HISTORY_DISORDERED, f"{name} is for {size} entries; the head is older, for {self._head.size}."
            )
            return False
        return True

    def _open(self, note: str | bytes, fault: Fault, name: str) -> Checkpoint | None:
        try:
            return open_checkpoint(note, self._key, self._verify)
        except ProofError as error:
            self._findings.add(fault, f"{name} is refused: {error}.")
            return None

    def _compare(self, mark: _Mark) -> None:
        if not self._walk.advance(mark.size):
            self._fall_short(mark)
            return
        self._compared[mark.source] += 1
        if self._walk.frontier.root != mark.checkpoint.root:
            self._first_bad.setdefault(mark.source, (self._last_good, mark))
        else:
            self._last_good = mark.size

    def _fall_short(self, mark: _Mark) -> None:
        if mark.source is _Source.HEAD:
            self._findings.add(
                Fault.CUT_SHORT,
                f"The head is for {mark.size} entries, and there are only {self._walk.frontier.size}.",
            )
        elif self._head is None and mark.source is _Source.MEMORY:
            self._report_rollback(mark.checkpoint, self._walk.frontier.size)

    def _report_rollback(self, checkpoint: Checkpoint, size: int) -> None:
        self._findings.add(
            Fault.ROLLED_BACK,
            f"A remembered checkpoint is for {checkpoint.size} entries, and the log has only {size}: its tail was cut.",
        )

    def _judge(self) -> None:
        """A head that the entries lead to was signed over them: then what contradicts it is another history."""
        if self._compared[_Source.HEAD] and _Source.HEAD not in self._first_bad:
            for source, (last_good, mark) in self._first_bad.items():
                self._report_fork(source, last_good, mark.size)
        elif self._first_bad:
            last_good, mark = min(self._first_bad.values(), key=lambda bad: bad[1].size)
            self._report_alteration(last_good, mark.size)

    def _report_fork(self, source: _Source, last_good: int, size: int) -> None:
        whose = "A remembered" if source is _Source.MEMORY else "An exported"
        self._findings.add(
            Fault.FORKED,
            f"{whose} checkpoint for {size} entries and the head were signed over different histories: "
            f"they part {_between(last_good, size)}.",
        )

    def _report_alteration(self, last_good: int, size: int) -> None:
        self._findings.add(
            Fault.ALTERED,
            f"The entries do not lead to the root that was signed for {size} of them: "
            f"something was changed, added or removed {_between(last_good, size)}.",
        )

    def _finish(self) -> None:
        """Without a head nothing is trailing: then the rest is hashed too, for the report."""
        if self._head is None:
            self._walk.advance(MAX_SIZE)
        trailing = self._walk.finish()
        if trailing:
            self._findings.add(
                Fault.TRAILING, f"{trailing} more entries follow the {self._walk.frontier.size} that the head covers."
            )

    def _report(self) -> Report:
        return Report(
            findings=tuple(self._findings.kept),
            omitted=self._findings.omitted,
            head=self._head,
            entries=self._walk.frontier.size,
            root=self._walk.frontier.root,
            checkpoints=self._compared[_Source.HISTORY],
            remembered=self._compared[_Source.MEMORY],
            disclosed=self._walk.disclosed,
        )


def _between(last_good: int, size: int) -> str:
    """Where something happened, if the first *last_good* entries are right and the first *size* are not."""
    if size == 0:
        return "before the first entry"
    return f"at entry {last_good}" if size - last_good == 1 else f"between entry {last_good} and entry {size - 1}"
