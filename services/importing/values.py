"""Reads single values of a row; whatever cannot be read is one sentence, which never holds the value itself."""

import base64
import binascii
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from services.importing.record import Rules

Word = TypeVar("Word", bound=StrEnum)

CLOCKS_DIFFER = timedelta(minutes=5)
"""A time may lie so far in the future, because the file was made by another clock."""
MOST_NESTED = 20
"""Levels of lists and objects in a row. Ours have three; what has hundreds cannot be handed to another process."""
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})
_SHOWN = 40


TOO_NESTED = "its JSON is nested too deeply."


class Unreadable(Exception):
    """A value cannot be read. The message completes *the row is not imported because ...*."""


class Fields:
    """The fields of a row, or of a thing in it, read by name. Nothing and an empty text are the same."""

    def __init__(self, values: Any, rules: Rules, known: frozenset[str], where: str = "") -> None:
        if not isinstance(values, Mapping):
            raise Unreadable(f"{where or 'the row'} is not an object with fields")
        self._values, self._rules, self._where = values, rules, f"{where}: " if where else ""
        if not values.keys() <= known:
            unknown = next(name for name in values if name not in known)
            raise Unreadable(f"{self._where}{shown(unknown)} is not a field that is known")

    def called(self, where: str) -> "Fields":
        """The same fields under a better name."""
        self._where = f"{where}: "
        return self

    @property
    def given(self) -> frozenset[str]:
        """The names of the fields that are there, empty or not."""
        return frozenset(self._values)

    def has(self, name: str) -> bool:
        """Whether there is anything in a field."""
        return self._values.get(name) not in (None, "", [])

    def text(self, name: str, most: int) -> str | None:
        """One line of text, NFC, without outer spaces."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self.unreadable(name, "is not text")
        if value.isascii() and value.isprintable():
            tidy = value.strip()
        else:
            tidy = unicodedata.normalize("NFC", value).strip()
            if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in tidy):
                raise self.unreadable(name, "holds control characters or half characters")
        if len(tidy) > most:
            raise self.unreadable(name, f"is longer than {most} characters")
        return tidy or None

    def required(self, name: str, most: int) -> str:
        """The same, and there must be some."""
        value = self.text(name, most)
        if value is None:
            raise self.unreadable(name, "is missing")
        return value

    def flag(self, name: str) -> bool:
        """Yes or no; nothing is no."""
        value = self._values.get(name)
        if isinstance(value, bool):
            return value
        word = str(value if value is not None else "").strip().lower()
        if word in _YES:
            return True
        if word in _NO or not word:
            return False
        raise self.unreadable(name, "is neither yes nor no")

    def moment(self, name: str) -> datetime | None:
        """An ISO 8601 time, UTC if it does not say its zone; not in the future."""
        value = self.text(name, 40)
        if value is None:
            return None
        try:
            read = datetime.fromisoformat(value)
            aware = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.unreadable(name, "is not a time such as 2026-11-21T09:00:00Z") from None
        if aware > self._rules.now and aware - self._rules.now > CLOCKS_DIFFER:
            raise self.unreadable(name, "lies in the future")
        return aware

    def word(self, name: str, vocabulary: type[Word]) -> Word | None:
        """A word of a vocabulary."""
        value = self.text(name, 40)
        try:
            return None if value is None else vocabulary(value.lower())
        except ValueError:
            raise self.unreadable(name, f"is none of {', '.join(vocabulary)}") from None

    def whole(self, name: str, usual: int) -> int:
        """A whole number."""
        value = self._values.get(name, usual)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.unreadable(name, "is not a whole number")
        return value

    def things(self, name: str, most: int) -> list[Any]:
        """A list, at most so long."""
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.unreadable(name, "is not a list")
        if len(value) > most:
            raise self.unreadable(name, f"has more than {most} items")
        return value

    def thing(self, name: str) -> Any:
        """Whatever is in a field."""
        return self._values.get(name)

    def hexadecimal(self, name: str, least: int, most: int) -> bytes:
        """Bytes as hexadecimal digits."""
        return octets(self.required(name, 2 * most), least, most) or self._refuse(name)

    def unreadable(self, name: str, what: str) -> Unreadable:
        """Why a field cannot be read."""
        return Unreadable(f"{self._where}{name} {what}")

    def _refuse(self, name: str) -> bytes:
        raise self.unreadable(name, "is not hexadecimal of the right length")


def octets(text: Any, least: int, most: int) -> bytes | None:
    """The bytes that hexadecimal digits spell; None if they spell none, or too few, or too many."""
    try:
        read = bytes.fromhex(text)
    except (TypeError, ValueError):
        return None
    return read if least <= len(read) <= most else None


def base32(text: str) -> bytes | None:
    """The bytes of a secret as authenticator apps show it, grouped or not; None if it is not base 32."""
    compact = "".join(text.split()).replace("-", "").rstrip("=").upper()
    try:
        return base64.b32decode(compact + "=" * (-len(compact) % 8)) or None
    except (binascii.Error, ValueError):
        return None


def is_nested(value: object, most: int = MOST_NESTED) -> bool:
    """Whether lists and objects stand in each other deeper than *most*."""
    if not isinstance(value, dict | list):
        return False
    return most == 0 or any(is_nested(one, most - 1) for one in (value.values() if isinstance(value, dict) else value))


def shown(name: object) -> str:
    """A field's name for a sentence: short, and on one line."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(name))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
