"""Turns rows into what the database takes: understood, indexed, sealed. It needs the keys, and no database."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.importing.merging import made
from services.importing.record import Bad, Raw, Record, Rules
from services.importing.understanding import understood
from services.storage.bulk import Ids, Rows, name_index, number_index, rows_of
from services.storage.data_keys import DataKey, KeyRing
from services.storage.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Prepared:
    """A row that can be written."""

    place: int
    number: bytes
    """What its customer number is found by."""
    name: bytes | None
    """What its user name is found by, if it has one."""
    notes: tuple[str, ...]
    rows: Rows
    """Its account, if it is new."""
    record: Record | None
    """What it says, if that may change an account that is there."""


class Preparer:
    """Prepares rows under one set of rules and keys."""

    def __init__(self, rules: Rules, sealer: Sealer, *, for_update: bool) -> None:
        self._rules, self._sealer, self._for_update = rules, sealer, for_update
        self._ids = Ids(rules.now)

    def every(self, rows: Iterable[Raw | Bad]) -> list[Prepared | Bad]:
        """All of them, in order."""
        return [row if isinstance(row, Bad) else self.one(row) for row in rows]

    def one(self, raw: Raw) -> Prepared | Bad:
        """One of them, or why it is not imported."""
        record = understood(raw, self._rules)
        if isinstance(record, Bad):
            return record
        return Prepared(
            record.place,
            number_index(record.customer_number, self._sealer),
            name_index(record.username, self._sealer) if record.username else None,
            record.notes,
            rows_of(made(record, self._ids), self._sealer),
            record if self._for_update else None,
        )


MakePreparer = Callable[[], Preparer]
"""Makes one in whatever process it is called."""


def preparer(rules: Rules, keyring: KeyRing, rows: Sequence[DataKey], for_update: bool) -> Preparer:
    """One with keys of its own, unwrapped here."""
    return Preparer(rules, Sealer(keyring, rows), for_update=for_update)
