"""Recovery actions: which could be run, which are running, and every step's result."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from services.contract.problems import Reason
from services.contract.route import STRICT
from services.vocabulary import ActionId, ActionKind, ActionState, EvidenceClass, StepKind, StepState


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What an action needs, given the target and its risk."""

    name: str
    """Names the requirement in the policy; its sentence is in the wording."""
    met: bool
    """Enough is proven."""
    missing: tuple[EvidenceClass, ...]
    """The least that is still missing and can be had, now or after a rest; empty when met, and where no proof helps."""
    next_options: tuple[str, ...]
    """The cheapest set of methods that would meet it now, in order; empty when met or out of reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCard:
    """A recovery action that this account offers."""

    option: str
    """`kind` or `kind:target`, unique within the card. Sent back to run it."""
    kind: ActionKind
    about: str
    """What it acts on, masked: an authenticator's label, where a link would go."""
    requirement: Requirement
    why_not: tuple[Reason, ...]
    """Empty: it runs at once (or cools off first)."""
    needs_approval: bool
    cooling_seconds: int
    reason_needed: bool
    """It runs with a reason only, which goes on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCard:
    """One step of an action, and how it went."""

    kind: StepKind
    state: StepState
    result: str
    """A count or a masked address that completes the sentence; empty when there is nothing to add."""
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCard:
    """A recovery action that was asked for."""

    id: ActionId
    kind: ActionKind
    about: str
    state: ActionState
    requested_at: datetime
    due_at: datetime | None
    """While cooling: when it runs unless the owner stops it."""
    link_expires_at: datetime | None
    """While handed over: how long the owner's link lives."""
    why_stopped: tuple[Reason, ...] = ()
    """What came up and stopped it; empty when a person did, or nothing has."""
    steps: tuple[StepCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAction:
    """Run a recovery action."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    option: str
    version: int
    """Of the case card that the agent saw: an older one is `stale` (C-TA-06)."""
    reason: str = ""
