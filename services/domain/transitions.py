"""Which state may follow which. What no row allows cannot happen, whoever asks for it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from services.domain.outcome import Refused, Why
from services.vocabulary import ActionState, CaseState, CheckState, Objection, StepState

State = TypeVar("State", bound=StrEnum)

CASE: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.RESOLVED, CaseState.CLOSED, CaseState.FROZEN}),
    CaseState.RESOLVED: frozenset({CaseState.FROZEN}),
    CaseState.CLOSED: frozenset({CaseState.FROZEN}),
    CaseState.FROZEN: frozenset(),
}
"""An owner may find out late that it was not them: what ended can still freeze, and nothing opens again."""

CHECK: Mapping[CheckState, frozenset[CheckState]] = {
    CheckState.PENDING: frozenset(CheckState) - {CheckState.PENDING},
    CheckState.PASSED: frozenset({CheckState.REPUDIATED}),
    CheckState.FAILED: frozenset(),
    CheckState.EXPIRED: frozenset(),
    CheckState.CANCELLED: frozenset(),
    CheckState.REPUDIATED: frozenset(),
}
"""An answer is judged once; an owner who was talked into giving it may still take it back."""

ACTION: Mapping[ActionState, frozenset[ActionState]] = {
    ActionState.COOLING: frozenset({ActionState.RUNNING, ActionState.STOPPED}),
    ActionState.RUNNING: frozenset(
        {ActionState.HANDED_OVER, ActionState.DONE, ActionState.FAILED, ActionState.STOPPED}
    ),
    ActionState.HANDED_OVER: frozenset({ActionState.DONE, ActionState.EXPIRED, ActionState.STOPPED}),
    ActionState.DONE: frozenset(),
    ActionState.STOPPED: frozenset(),
    ActionState.EXPIRED: frozenset(),
    ActionState.FAILED: frozenset(),
}
"""Whatever is not settled can be stopped (invariant 9), and nothing settled moves again (C-TA-08)."""

STEP: Mapping[StepState, frozenset[StepState]] = {
    StepState.WAITING: frozenset({StepState.DONE, StepState.NOT_NEEDED, StepState.FAILED}),
    StepState.DONE: frozenset(),
    StepState.NOT_NEEDED: frozenset(),
    StepState.FAILED: frozenset(),
}
"""A step is done once (invariant 13)."""


def moved(table: Mapping[State, frozenset[State]], before: State, after: State, otherwise: Objection) -> State:
    """*after*, if it may follow *before*.

    Raises:
        Refused: With *otherwise*, if it may not.
    """
    if after not in table[before]:
        raise Refused(Why(code=otherwise, about=before))
    return after
