"""States of one kind in their table: read by id, written with a version, never overwritten by someone slower."""

from dataclasses import replace
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Insert, Select, Table, Update, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from services.domain.outcome import Missing, Stale
from services.storage.mapping import Mapper
from services.storage.sealing import Sealer

T = TypeVar("T")


class Records(Generic[T]):
    """One table's states, within one transaction."""

    def __init__(self, connection: Connection, sealer: Sealer, mapper: Mapper[T]) -> None:
        self._connection, self._sealer, self._mapper = connection, sealer, mapper
        self.written = 0
        """How many states were put: the unit of work demands an audit entry for them."""

    @property
    def table(self) -> Table:
        """Where they are stored."""
        return self._mapper.table

    def get(self, wanted: str) -> T:
        """The state with this id.

        Raises:
            Missing: If there is none.
        """
        found = self.find(wanted)
        if found is None:
            raise Missing
        return found

    def find(self, wanted: str) -> T | None:
        """The state with this id, if there is one."""
        return self.first(id=wanted)

    def first(self, **values: Any) -> T | None:
        """The one state with these values in the columns so named, if there is one."""
        row = self._connection.execute(_with(self.table, tuple(values)), values).first()
        return None if row is None else self._mapper.state(row, self._sealer)

    def every(self, **values: Any) -> list[T]:
        """All with these values in the columns so named, by id."""
        return self.chosen(_with(self.table, tuple(values)), **values)

    def chosen(self, query: Select[Any], **values: Any) -> list[T]:
        """All that a statement chooses, whole rows in its order, with these values for its parameters."""
        return [self._mapper.state(row, self._sealer) for row in self._connection.execute(query, values)]

    def put(self, state: T) -> T:
        """Write a new state (version 0), or the next version of what was read; returns it as written.

        Raises:
            Stale: If someone else wrote it since it was read, or made it first.
        """
        self.written += 1
        if not self._mapper.versioned or state.version == 0:  # type: ignore[attr-defined]  # versioned states have it
            return self._insert(state)
        return self._update(state)

    def _insert(self, state: T) -> T:
        fresh = replace(state, version=1) if self._mapper.versioned else state  # type: ignore[type-var]  # every state is a dataclass
        try:
            self._connection.execute(_into(self.table), self._mapper.row(fresh, self._sealer))
        except IntegrityError as error:
            raise Stale(f"{self.table.name} has it already") from error
        return fresh

    def _update(self, state: T) -> T:
        seen: int = state.version  # type: ignore[attr-defined]  # versioned states have it
        after = replace(state, version=seen + 1)  # type: ignore[type-var]  # every state is a dataclass
        row = self._mapper.row(after, self._sealer)
        row["of"], row["seen"] = row.pop("id"), seen  # an id that is set anew is written to its index anew
        if self._connection.execute(_replacing(self.table), row).rowcount != 1:
            raise Stale(f"{self.table.name} was changed")
        return after


class ReadOnce(Records[T]):
    """Records that nothing but `put` writes: within one transaction, each is read from the table once."""

    def __init__(self, connection: Connection, sealer: Sealer, mapper: Mapper[T]) -> None:
        super().__init__(connection, sealer, mapper)
        self._known: dict[str, T | None] = {}

    def find(self, wanted: str) -> T | None:
        """The state with this id, if there is one, as this transaction read or wrote it."""
        if wanted not in self._known:
            self._known[wanted] = super().find(wanted)
        return self._known[wanted]

    def put(self, state: T) -> T:
        """As `Records.put`."""
        after = super().put(state)
        self._known[after.id] = after  # type: ignore[attr-defined]  # every state has an id
        return after


# Statements are made once for each table: making one takes twice as long as running it.


@cache
def _with(table: Table, names: tuple[str, ...]) -> Select[Any]:
    return select(table).where(*(table.c[name] == bindparam(name) for name in names)).order_by(table.c.id)


@cache
def _into(table: Table) -> Insert:
    return insert(table)


@cache
def _replacing(table: Table) -> Update:
    return update(table).where(table.c.id == bindparam("of"), table.c.version == bindparam("seen"))
