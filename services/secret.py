"""A value that hides itself: passwords, codes, tokens and keys on their way through the program."""

from hmac import compare_digest
from typing import Generic, NoReturn, SupportsIndex, TypeVar

Value = TypeVar("Value", str, bytes)

HIDDEN = "Secret(hidden)"
"""All that a log, a traceback or an f-string ever shows."""


class Secret(Generic[Value]):
    """Wraps a str or bytes so that it cannot be printed, pickled, copied or compared in variable time by accident.

    It keeps a value out of logs and error reports (C-LOG-03). It does not clear memory: Python cannot.
    """

    __slots__ = ("_value",)

    def __init__(self, value: Value) -> None:
        self._value: Value = value

    def reveal(self) -> Value:
        """The value itself. Every call is a place to look at in a review."""
        return self._value

    def __repr__(self) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        """Equal in constant time, for values of one length; a plain str or bytes is never equal."""
        if not isinstance(other, Secret) or type(self._value) is not type(other._value):
            return NotImplemented
        return compare_digest(_octets(self._value), _octets(other._value))

    __hash__ = None  # type: ignore[assignment]  # a hash would be a fast oracle for the value

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Refuse pickling and copying: both end in places that are not watched."""
        raise TypeError("a secret is neither pickled nor copied")


def revealed(value: str | Secret[str]) -> str:
    """The text of *value*, wrapped or not."""
    return value.reveal() if isinstance(value, Secret) else value


def _octets(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
