"""What the actions panel says: what can be done, why not yet, and how far what was asked for is.

Pure functions of a case's card. They word and arrange what the service decided; they decide nothing.
"""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from services.vocabulary import ActionKind, ActionState, StepState
from ui.pages.caller.proof import next_step
from ui.widgets.lists import Point
from ui.widgets.tone import Tone
from ui.words import say

if TYPE_CHECKING:
    from console.wording import Wording
    from services.contract.actions import ActionCard, RecoveryCard, StepCard
    from services.contract.cases import CaseCard


class ActionView(NamedTuple):
    """One row of the actions panel."""

    option: str
    title: str
    about: str
    """What it acts on, where that is something of its own; masked."""
    line: str
    icon: str
    verb: str
    """What its button says."""
    why_not: str
    """In words, with the cheapest next step; empty when it can be run."""
    said_above: bool
    """The reason is the case's, and stands above all actions."""
    consequence: str
    """What running it will do, to be read before it is confirmed."""
    dangerous: bool
    reason_needed: bool
    """It runs with a reason only."""


class RecoveryView(NamedTuple):
    """An action that was asked for."""

    id: str
    title: str
    about: str
    state: str
    tone: Tone
    icon: str
    line: str
    steps: tuple[Point, ...]


_ICONS = {
    ActionKind.RESET_LINK: "link",
    ActionKind.AUTHENTICATOR_RESET: "smartphone",
    ActionKind.UNLOCK: "lock-open",
    ActionKind.REVOKE_SESSIONS: "log-out",
    ActionKind.FORGET_DEVICES: "laptop",
    ActionKind.FREEZE: "snowflake",
}
_VERBS = {
    ActionKind.RESET_LINK: "Send",
    ActionKind.AUTHENTICATOR_RESET: "Reset",
    ActionKind.UNLOCK: "Unlock",
    ActionKind.REVOKE_SESSIONS: "Sign out",
    ActionKind.FORGET_DEVICES: "Forget",
    ActionKind.FREEZE: "Freeze",
}
_DANGEROUS = frozenset({ActionKind.FREEZE})
"""Drawn as taking something away from the owner."""
_STATES = {
    ActionState.COOLING: (Tone.WARN, "timer"),
    ActionState.RUNNING: (Tone.INFO, "loader-circle"),
    ActionState.HANDED_OVER: (Tone.INFO, "user-round-check"),
    ActionState.DONE: (Tone.OK, "circle-check"),
    ActionState.STOPPED: (Tone.BAD, "circle-stop"),
    ActionState.EXPIRED: (Tone.WARN, "clock"),
    ActionState.FAILED: (Tone.BAD, "circle-alert"),
}
_STEPS = {
    StepState.WAITING: (Tone.NEUTRAL, "circle-dashed"),
    StepState.DONE: (Tone.OK, "circle-check"),
    StepState.NOT_NEEDED: (Tone.NEUTRAL, "circle-dot"),
    StepState.FAILED: (Tone.BAD, "circle-x"),
}


def action_views(card: "CaseCard", wording: "Wording", now: datetime) -> tuple[ActionView, ...]:
    """A row for each action on offer, in the service's order."""
    return tuple(_action(card, action, wording, now) for action in card.actions)


def recovery_views(card: "CaseCard", wording: "Wording", now: datetime) -> tuple[RecoveryView, ...]:
    """What was asked for in this case, newest first."""
    newest_first = sorted(card.recoveries, key=lambda recovery: recovery.requested_at, reverse=True)
    return tuple(_recovery(recovery, wording, now) for recovery in newest_first)


def wanted_action(card: "CaseCard", option: str) -> "ActionCard | None":
    """The action of *option*; the first on offer when it is not, or not any more; None when there is none."""
    chosen = next((action for action in card.actions if action.option == option), None)
    return chosen or next(iter(card.actions), None)


def _action(card: "CaseCard", action: "ActionCard", wording: "Wording", now: datetime) -> ActionView:
    hint = wording.hint(action.kind)
    own = tuple(reason for reason in action.why_not if reason not in card.why_not)
    why_not = wording.objections(own or action.why_not, now)
    if own and not card.why_not:
        why_not = f"{why_not} {next_step(card, action, wording, where=False)}".strip()
    return ActionView(
        option=action.option,
        title=wording.word(action.kind),
        about=action.about,
        line=_line(action, hint, wording),
        icon=_ICONS[action.kind],
        verb=say(_VERBS[action.kind]),
        why_not=why_not,
        said_above=bool(action.why_not) and not own,
        consequence=_consequence(action, hint, wording),
        dangerous=action.kind in _DANGEROUS,
        reason_needed=action.reason_needed,
    )


def _line(action: "ActionCard", hint: str, wording: "Wording") -> str:
    parts = [say("For %s", action.about) if action.about else hint]
    if action.cooling_seconds:
        parts.append(say("after %s", wording.moments.span(action.cooling_seconds)))
    if action.needs_approval:
        parts.append(say("a supervisor must approve"))
    return ", ".join(parts)


def _consequence(action: "ActionCard", hint: str, wording: "Wording") -> str:
    parts = [hint]
    if action.about:
        parts.append(say("For: %s.", action.about))
    if action.cooling_seconds:
        span = wording.moments.span(action.cooling_seconds)
        parts.append(say("It starts after %s, and the owner can stop it until then.", span))
    return " ".join(parts)


def _recovery(card: "RecoveryCard", wording: "Wording", now: datetime) -> RecoveryView:
    tone, icon = _STATES[card.state]
    return RecoveryView(
        id=card.id,
        title=wording.word(card.kind),
        about=card.about,
        state=wording.word(card.state),
        tone=tone,
        icon=icon,
        line=wording.recovery(card, now),
        steps=tuple(_step(step, wording, now) for step in card.steps),
    )


def _step(step: "StepCard", wording: "Wording", now: datetime) -> Point:
    tone, icon = _STEPS[step.state]
    when = wording.moments.time(step.done_at, now) if step.done_at else wording.word(step.state)
    return Point(wording.step(step), when, tone, icon)
