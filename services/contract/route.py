"""A route is one object that both sides hold: the server mounts it, the desktop calls it."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from services.vocabulary import LONGEST_TEXT

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")

STRICT: dict[str, Any] = {"extra": "forbid", "str_max_length": LONGEST_TEXT}
"""Validation of requests: unknown fields are refused (A-53). Replies ignore what they do not know."""

BACKGROUND = "Rightful-Background"
"""Header of a read that no person asked for: it does not keep an idle session alive (N-SES-01). Any value."""


@dataclass(frozen=True, slots=True)
class Route(Generic[Ask, Answer]):
    """One operation of the API.

    `ask` is `NoneType` when there is no body. A route that changes something carries an `Idempotency-Key`.
    """

    method: str
    path: str
    """Under `/v1`, with `{names}` for its parameters."""
    ask: type[Ask]
    answer: type[Answer]
    summary: str
    once: bool = False
    """Never sent again by itself, and without a key: its answer is a secret that the service does not keep."""

    @property
    def changes(self) -> bool:
        """Whether the same key must give the first answer again."""
        return self.method != "GET" and not self.once
