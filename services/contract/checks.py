"""Verification: methods that can be run now, checks that were run, and what they add up to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from services.contract.problems import Reason
from services.contract.route import STRICT
from services.vocabulary import CheckId, CheckState, EvidenceClass, Method, Objection


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodCard:
    """One way to prove something with this account."""

    option: str
    """`method` or `method:target`, unique within the card. Sent back to start it."""
    method: Method
    target: str | None
    """Id of the contact point or authenticator; never an address."""
    masked: str
    """Where it goes, masked; empty when it goes nowhere."""
    seconds: int
    """What it usually takes, from policy."""
    why_not: tuple[Reason, ...]
    """Empty: it can be started now."""
    suggested: bool
    """The cheapest next step towards what is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeShape:
    """What the caller reads out looks like."""

    length: int
    """Characters, without the spaces or dashes between them."""
    letters: bool
    """Letters and digits, read out in groups of four; without, digits alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCard:
    """One attempt at a method."""

    id: CheckId
    method: Method
    target: str | None
    """As `MethodCard.target`: two addresses may look the same when they are masked."""
    masked: str
    evidence: EvidenceClass
    exposed: bool
    """The caller reads a secret aloud to the agent: weaker evidence (AC-5)."""
    state: CheckState
    started_at: datetime
    expires_at: datetime
    lapses_at: datetime | None
    """For a passed check: when it stops counting."""
    attempts_left: int
    wrong_answers: int
    """How many were given to this check, by the caller or on the owner's page."""
    code: CodeShape | None
    """What the caller reads to the agent. None where the owner answers on their own page."""
    read_out: str | None
    """Reverse code: the number that the agent reads to the caller. None for every other method, and for everybody but
    the case's agent."""
    opened_by_owner: bool
    """Reverse code: the link has been opened."""
    counts: bool
    """It is evidence now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCheck:
    """Start a method. The target is an id on file: an address cannot be given."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    option: str
    towards: str = ""
    """Option of the action that it is for, which the owner reads; empty when none is chosen yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCheck:
    """What the caller read out."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAnswered:
    """How an answer fared. The check's card is in the case's."""

    passed: bool
    objection: Objection | None
    attempts_left: int
