"""Takes understood rows into the directory, one transaction a batch: what is in a batch appears together, audited."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from operator import itemgetter

from services.domain.outcome import Entry, Outcome
from services.importing.merging import merged
from services.importing.preparing import Prepared
from services.importing.rebinding import start_afresh
from services.importing.record import Bad
from services.importing.reporting import Report
from services.importing.seen import Seen
from services.storage.bulk import BulkAccounts, Ids
from services.storage.done_here import NOTHING, done_here
from services.storage.unit_of_work import SqlStorage, Work
from services.usecases.ports import Clock
from services.vocabulary import AccountId, ActorId, Event

OPERATOR = ActorId("service:import")
"""Who the audit log says it was."""


@dataclass(slots=True)
class _Batch:
    """What becomes of the rows of one batch."""

    new: list[Prepared] = field(default_factory=list)
    known: dict[AccountId, Prepared] = field(default_factory=dict)
    notes: list[tuple[int, str]] = field(default_factory=list)
    """What the accounts that are there do not get of what the file has: place, sentence."""
    marks: list[tuple[bytes, int]] = field(default_factory=list)
    """What is from now on taken in this file: keyed index, place."""


class Importer:
    """Imports rows. Run again over the same file it goes on where it stopped: what is there is there."""

    def __init__(
        self, storage: SqlStorage, clock: Clock, report: Report, *, update: bool = False, dry_run: bool = False
    ) -> None:
        self._storage, self._clock, self._report = storage, clock, report
        self._update, self._dry_run = update, dry_run
        self._seen = Seen()

    def take(self, rows: Sequence[Prepared | Bad]) -> None:
        """Import a batch in one transaction; a dry run only reports."""
        counts = self._report.counts
        counts.read += len(rows)
        for row in rows:
            if isinstance(row, Bad):
                self._report.bad(row.place, row.reason)
        good = [row for row in rows if not isinstance(row, Bad)]
        opening = self._storage.reading if self._dry_run else self._storage.changing
        with opening() as work:
            bulk = BulkAccounts(work.connection, self._storage.sealer)
            batch = self._sorted_out(bulk, good)
            updated = self._updated(work, bulk, batch) if self._update else 0
            self._write(work, bulk, batch, updated)
        self._seen.add(batch.marks)
        counts.added += len(batch.new)
        counts.updated += updated
        self._note(batch)

    def close(self) -> None:
        """Forget what was seen."""
        self._seen.close()

    def _sorted_out(self, bulk: BulkAccounts, rows: Sequence[Prepared]) -> _Batch:
        """Which rows are new and which known; a number or a name that is taken makes a row bad."""
        numbers, names = [row.number for row in rows], [row.name for row in rows if row.name is not None]
        taken = self._seen.places([*numbers, *names])
        holders, namesakes = bulk.holders_of_numbers(numbers), bulk.holders_of_names(names)
        batch = _Batch()
        for row in rows:
            holder = holders.get(row.number)
            against = _against(row, holder, taken, namesakes, self._report.unit)
            if against is not None:
                self._report.bad(row.place, against)
                continue
            for index in filter(None, (row.number, row.name)):
                taken[index] = row.place
                batch.marks.append((index, row.place))
            self._place(batch, row, holder)
        return batch

    def _place(self, batch: _Batch, row: Prepared, holder: AccountId | None) -> None:
        if holder is None:
            batch.new.append(row)
        elif self._update:
            batch.known[holder] = row
        else:
            self._report.already_there(row.place)

    def _write(self, work: Work, bulk: BulkAccounts, batch: _Batch, updated: int) -> None:
        if self._dry_run or not (batch.new or updated):
            return
        bulk.write(row.rows for row in batch.new)
        details = {"added": len(batch.new), "updated": updated}
        entry = Entry(event=Event.ACCOUNTS_IMPORTED, at=self._clock(), actor=OPERATOR, details=details)
        work.record(Outcome(state=None, entry=entry))

    def _updated(self, work: Work, bulk: BulkAccounts, batch: _Batch) -> int:
        said = {holder: row.record for holder, row in batch.known.items() if row.record is not None}
        done = done_here(work.connection, list(said))
        before = bulk.load(list(said))
        now = self._clock()
        ids = Ids(now)
        after = [merged(one, said[one.account.id], ids, now, done.get(one.account.id, NOTHING)) for one in before]
        batch.notes += [(said[new.holding.account.id].place, note) for new in after for note in new.notes]
        changed = [(old, new.holding) for old, new in zip(before, after, strict=True) if old != new.holding]
        self._report.counts.unchanged += len(before) - len(changed)
        if not self._dry_run:
            bulk.replace([old for old, _ in changed], [new for _, new in changed])
            start_afresh(work, bulk, changed, self._clock)
        return len(changed)

    def _note(self, batch: _Batch) -> None:
        of_rows = [(row.place, note) for row in (*batch.new, *batch.known.values()) for note in row.notes]
        for place, note in sorted((*of_rows, *batch.notes), key=itemgetter(0)):
            self._report.noted(place, note)


def _against(
    row: Prepared, holder: AccountId | None, taken: dict[bytes, int], namesakes: dict[bytes, AccountId], unit: str
) -> str | None:
    """Why a row cannot have its number and its name."""
    if row.number in taken:
        return f"its customer number is that of {unit} {taken[row.number]} before it."
    if row.name is None:
        return None
    if row.name in taken:
        return f"its user name is that of {unit} {taken[row.name]} before it."
    if namesakes.get(row.name, holder) != holder:
        return "its user name is another account's."
    return None


def batched(chunks: Iterable[Sequence[Prepared | Bad]], size: int) -> Iterator[list[Prepared | Bad]]:
    """The rows of the chunks, in batches of *size* and a last one."""
    rows = chain.from_iterable(chunks)
    while batch := list(islice(rows, size)):
        yield batch
