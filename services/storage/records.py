"""States of one kind in their table: read by id, written with a version, never overwritten by someone slower."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, insert, select, update
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
        return self.first(self.table.c.id == wanted)

    def first(self, *where: ColumnElement[bool]) -> T | None:
        """The one state that fits, if there is one."""
        row = self._connection.execute(select(self.table).where(*where).limit(1)).first()
        return None if row is None else self._mapper.state(row, self._sealer)

    def every(self, *where: ColumnElement[bool], order: Any = None, count: int | None = None) -> list[T]:
        """All that fit, by id unless told otherwise."""
        query = select(self.table).where(*where).order_by(self.table.c.id if order is None else order)
        rows: Sequence[Any] = self._connection.execute(query if count is None else query.limit(count)).all()
        return [self._mapper.state(row, self._sealer) for row in rows]

    def put(self, state: T) -> T:
        """Write a new state (version 0), or the next version of what was read; returns it as written.

        Raises:
            Stale: If someone else wrote it since it was read, or made it first.
        """
        self.written += 1
        if not self._mapper.versioned or state.version == 0:  # type: ignore[attr-defined]
            return self._insert(state)
        return self._update(state)

    def _insert(self, state: T) -> T:
        fresh = replace(state, version=1) if self._mapper.versioned else state  # type: ignore[type-var]
        try:
            self._connection.execute(insert(self.table).values(self._mapper.row(fresh, self._sealer)))
        except IntegrityError as error:
            raise Stale(f"{self.table.name} has it already") from error
        return fresh

    def _update(self, state: T) -> T:
        seen: int = state.version  # type: ignore[attr-defined]
        after = replace(state, version=seen + 1)  # type: ignore[type-var]
        row = self._mapper.row(after, self._sealer)
        wanted = (self.table.c.id == row["id"], self.table.c.version == seen)
        if self._connection.execute(update(self.table).where(*wanted).values(row)).rowcount != 1:
            raise Stale(f"{self.table.name} was changed")
        return after
