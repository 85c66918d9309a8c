"""Frozen states to rows and back: which fields are sealed, which are words, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import attrgetter, itemgetter
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Row, Table

from services.storage.sealing import Sealer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Codec:
    """How one field is stored when its column's type does not say it."""

    to_column: Callable[[Any], Any]
    to_field: Callable[[Any], Any]


LIST = Codec(to_column=list, to_field=tuple)
"""A tuple of words in a JSON column."""
HEX_LIST = Codec(
    to_column=lambda values: [value.hex() for value in values],
    to_field=lambda values: tuple(bytes.fromhex(value) for value in values),
)
"""A tuple of digests in a JSON column."""


class Mapper(Generic[T]):
    """Maps one kind of frozen state to its table.

    Fields in *sealed* are sealed, as their codec writes them, for the one row and column they stand in, so that a value
    copied elsewhere does not open. Fields in *left_out* are not stored. Columns that no field names (keyed indexes) are
    given by *extra*.
    """

    def __init__(
        self,
        kind: type[T],
        table: Table,
        *,
        sealed: frozenset[str] = frozenset(),
        codecs: Mapping[str, Codec] | None = None,
        left_out: frozenset[str] = frozenset(),
        extra: Callable[[T, Sealer], Mapping[str, Any]] | None = None,
    ) -> None:
        self.kind, self.table, self.sealed, self._extra = kind, table, sealed, extra
        hints = get_type_hints(kind)
        self._fields = [field.name for field in fields(kind) if field.name not in left_out]  # type: ignore[arg-type]  # every state is a dataclass
        self.versioned = "version" in self._fields
        self._octets = {name for name in sealed if bytes in _kinds(hints[name])}
        words = {name: _word(hints[name]) for name in self._fields if _word(hints[name])}
        self._to_field: dict[str, Callable[[Any], Any]] = {name: word for name, word in words.items() if word}
        self._to_column: dict[str, Callable[[Any], Any]] = {}
        for name, codec in (codecs or {}).items():
            self._to_field[name], self._to_column[name] = codec.to_field, codec.to_column
        self._values = attrgetter(*self._fields)
        self._changed = [name for name in self._fields if name in sealed or name in self._to_column]
        self._read_back = [name for name in self._fields if name in sealed or name in self._to_field]
        self._everything = itemgetter(*self._fields)

    def row(self, state: T, sealer: Sealer) -> dict[str, Any]:
        """The row of a state."""
        row = dict(zip(self._fields, self._values(state), strict=True))
        for name in self._changed:
            if row[name] is not None:
                row[name] = self._stored(name, row[name], row, sealer)
        if self._extra is not None:
            row.update(self._extra(state, sealer))
        return row

    def state(self, row: Row[Any], sealer: Sealer) -> T:
        """The state of a row."""
        return self.state_of(row._mapping, sealer)  # noqa: SLF001 - SQLAlchemy's public name for it

    def state_of(self, values: Any, sealer: Sealer) -> T:
        """The state of a row whose *values* are found by the names of their columns."""
        found = dict(zip(self._fields, self._everything(values), strict=True))
        for name in self._read_back:
            if found[name] is not None:
                found[name] = self._field(name, found[name], values, sealer)
        return self.kind(**found)

    def _stored(self, name: str, value: Any, row: Mapping[str, Any], sealer: Sealer) -> Any:
        encode = self._to_column.get(name)
        written = encode(value) if encode else value
        return sealer.seal(written, self._context(name, row["id"])) if name in self.sealed else written

    def _field(self, name: str, value: Any, values: Any, sealer: Sealer) -> Any:
        if name in self.sealed:
            context = self._context(name, values["id"])
            value = sealer.open(value, context) if name in self._octets else sealer.open_text(value, context)
        decode = self._to_field.get(name)
        return decode(value) if decode else value

    def _context(self, name: str, row_id: str) -> str:
        return f"{self.table.name}.{name}:{row_id}"


def _kinds(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _word(hint: Any) -> type[StrEnum] | None:
    return next((kind for kind in _kinds(hint) if isinstance(kind, type) and issubclass(kind, StrEnum)), None)
