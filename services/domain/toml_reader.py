"""Reads typed values out of a parsed TOML table; what is wrong becomes a sentence that names where."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from services.domain.audit.entry import is_code

Word = TypeVar("Word", bound=StrEnum)

LONGEST = 60 * 24 * 90
"""Minutes: no span of a policy is longer than 90 days."""

_NO_CODE = "must be letters, digits and ._:/+=,- without a space: the audit log tells it"
_NAMES = {dict: "a table", str: "text", int: "a whole number", bool: "true or false", list: "a list"}


class TomlReader:
    """One table. Every fault goes to the list that it was given; what is returned in its place is of the right type."""

    def __init__(self, table: Mapping[str, Any], faults: list[str], where: str = "") -> None:
        self._table, self._faults, self._where, self._seen = table, faults, where, set[str]()

    def table(self, name: str) -> "TomlReader":
        """A sub-table; empty, with a fault, when it is not there."""
        return TomlReader(self._take(name, dict, {}), self._faults, f"{self._where}{name}.")

    def tables(self, name: str) -> list[tuple[str, "TomlReader"]]:
        """The named sub-tables of a table."""
        inner = self.table(name)
        return [(key, inner.table(key)) for key in inner._table]  # noqa: SLF001 - of the same class

    def text(self, name: str) -> str:
        """A sentence or a name, not empty."""
        value = str(self._take(name, str, "unknown"))
        if not value.strip():
            self.fault(name, "must not be empty")
        return value

    def code(self, name: str) -> str:
        """A name that the audit log can tell, not empty."""
        value = self.text(name)
        if not is_code(value):
            self.fault(name, _NO_CODE)
        return value

    def number(self, name: str, least: int = 0, most: int = 1_000_000) -> int:
        """A whole number within bounds."""
        value = self._take(name, int, least)
        if not least <= value <= most:
            self.fault(name, f"must be from {least} to {most}, and is {value}")
            return least
        return int(value)

    def flag(self, name: str) -> bool:
        """True or false."""
        return bool(self._take(name, bool, False))

    def word(self, name: str, vocabulary: type[Word]) -> Word:
        """A word of a vocabulary."""
        first = next(iter(vocabulary))
        return self._a_word(name, self._take(name, str, first), vocabulary)

    def words(self, name: str, vocabulary: type[Word]) -> tuple[Word, ...]:
        """A list of words of a vocabulary."""
        return tuple(self._a_word(name, one, vocabulary) for one in self._take(name, list, []))

    def word_lists(self, name: str, vocabulary: type[Word]) -> tuple[tuple[Word, ...], ...]:
        """A list of lists of words of a vocabulary."""
        lists = self._take(name, list, [])
        if not all(isinstance(one, list) for one in lists):
            self.fault(name, "must be a list of lists")
            return ()
        return tuple(tuple(self._a_word(name, word, vocabulary) for word in one) for one in lists)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of sentences or names, at least one, none empty."""
        values = self._take(name, list, ["?"])
        if not values or not all(isinstance(one, str) and one.strip() for one in values):
            self.fault(name, "must be a list of texts, at least one and none empty")
            return ()
        return tuple(values)

    def minutes(self, name: str, least: int = 0, most: int = LONGEST) -> timedelta:
        """A span given in minutes."""
        return timedelta(minutes=self.number(name, least, most))

    def days(self, name: str, least: int = 0) -> timedelta:
        """A span given in days."""
        return timedelta(days=self.number(name, least, 365))

    def named(self, name: str, vocabulary: type[Word]) -> Word:
        """The table's own *name* as a word of a vocabulary."""
        try:
            return vocabulary(name)
        except ValueError:
            self._faults.append(f"{self._where.rstrip('.')} is none of {', '.join(vocabulary)}.")
            return next(iter(vocabulary))

    def named_code(self, name: str) -> str:
        """The table's own *name*, which the audit log can tell."""
        if not is_code(name):
            self._faults.append(f"{self._where.rstrip('.')} {_NO_CODE}.")
        return name

    def fault(self, name: str, what: str) -> None:
        """Remember that something is wrong."""
        self._faults.append(f"{self._where}{name} {what}.")

    def done(self) -> None:
        """Every name that nobody asked for is a fault: a misspelt rule must not be a silent one."""
        for name in sorted(set(self._table) - self._seen):
            self.fault(name, "is not something a policy says")

    def _a_word(self, name: str, value: Any, vocabulary: type[Word]) -> Word:
        try:
            return vocabulary(value)
        except ValueError:
            self.fault(name, f"says {value!r}, which is none of {', '.join(vocabulary)}")
            return next(iter(vocabulary))

    def _take(self, name: str, kind: type, instead: Any) -> Any:
        """The value of *name*; nothing may be left out, for what a policy leaves out it leaves open."""
        self._seen.add(name)
        if name not in self._table:
            self.fault(name, "is missing")
            return instead
        value = self._table[name]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault(name, f"must be {_NAMES[kind]}")
            return instead
        return value
