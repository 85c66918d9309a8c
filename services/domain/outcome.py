"""What a decision returns: the new state, what the audit log will say, and what the world must do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from services.vocabulary import ActorId, EffectKind, Event, Objection

State = TypeVar("State", covariant=True)

Detail = str | int | bool | None | Sequence[str]
"""What an audit detail may hold: codes, ids, counts. Never a name, an address, a number, a code or a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the audit log, before it has a place in it.

    Holds no personal data in the clear: ids are random references, and free text goes to *prose*, which is stored
    sealed and erasable while the log keeps only a salted commitment to it (L-12, A-55).
    """

    event: Event
    at: datetime
    actor: ActorId
    """A staff id, `customer`, `system`, or `service:<name>`."""
    subject: str | None = None
    """The account's random id, or the staff id the entry is about."""
    case: str | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)
    prose: str | None = None
    """Free text a person typed (a reason): committed to, never in the clear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something the world must do after commit, exactly once per *key*."""

    kind: EffectKind
    key: str
    """Unique for ever: a second effect with this key is the same effect."""
    payload: Mapping[str, str]
    """Ids only: the worker reads secrets and addresses from sealed state, never from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[State]):
    """A decision taken. There is no way to act without an audit entry: `entry` is not optional."""

    state: State
    entry: Entry
    more: tuple[Entry, ...] = ()
    """Further entries, when one decision is several facts (a repudiation also freezes the case)."""
    effects: tuple[Effect, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, in the order they are written."""
        return (self.entry, *self.more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One objection, with what completes its sentence."""

    code: Objection
    at: datetime | None = None
    """When what it is about began, or when it ends."""
    about: str | None = None


class Refused(Exception):
    """A rule says no. Nothing was changed.

    The objections are data: the same ones rest the button (sent with each card) and enforce the rule.
    """

    def __init__(self, *reasons: Why | Objection) -> None:
        self.reasons = tuple(reason if isinstance(reason, Why) else Why(code=reason) for reason in reasons)
        super().__init__(", ".join(reason.code for reason in self.reasons))


class Missing(Exception):
    """There is no such thing, or it is not yours to see: both look the same."""


class Stale(Exception):
    """Someone was faster: what was changed is not what was read. Nothing was written."""


class KeyReused(Exception):
    """An idempotency key came back with another request than its first."""


class Unavailable(Exception):
    """An outside system gave no usable answer. The message names it, and holds nothing of what was asked."""


class OutOfOrder(Unavailable):
    """It will give none by itself: somebody has to mend it."""


def demand(reasons: Sequence[Why]) -> None:
    """Go on only when there is no objection.

    Raises:
        Refused: With all of them, if there is any.
    """
    if reasons:
        raise Refused(*reasons)
