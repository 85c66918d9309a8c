"""What an action changed, whatever became of it: by this its owner is told what had been done before they stopped."""

from datetime import timedelta

import pytest

from services.domain.recovery import Action
from services.domain.recovery_life import complete, expire, step_done, step_failed, stop
from services.vocabulary import CUSTOMER, SYSTEM, ActionKind, ActionState, StepState
from tests.support.facts import NOW, action

LATER = NOW + timedelta(minutes=5)
LINK_ENDS = NOW + timedelta(hours=1)


def after(steps: int, kind: ActionKind = ActionKind.RESET_LINK, state: StepState = StepState.DONE) -> Action:
    """An action with so many steps over, a minute each."""
    now = action(kind)
    for index in range(steps):
        now = step_done(now, index, "", state, LINK_ENDS, NOW + timedelta(minutes=index)).state
    return now


HANDED_OVER = after(2)
COMPLETED = complete(HANDED_OVER, CUSTOMER, LATER).state
HALF = after(2, ActionKind.AUTHENTICATOR_RESET)


@pytest.mark.parametrize(
    ("what", "at"),
    [
        (action(state=ActionState.COOLING), None),
        (action(), None),
        (stop(action(state=ActionState.COOLING), SYSTEM, LATER).state, None),
        (step_failed(action(), 0, "", LATER).state, None),
        (after(1, ActionKind.AUTHENTICATOR_RESET, StepState.NOT_NEEDED), None),
        (HANDED_OVER, NOW),
        (stop(HANDED_OVER, CUSTOMER, LATER).state, NOW),
        (expire(HANDED_OVER, LINK_ENDS).state, NOW),
        (COMPLETED, LATER),
        (after(2, ActionKind.UNLOCK), NOW + timedelta(minutes=1)),
        (HALF, NOW + timedelta(minutes=1)),
        (step_failed(HALF, 2, "", LATER).state, NOW + timedelta(minutes=1)),
    ],
)
def test_it_took_effect_when_its_newest_change_was_made(what: Action, at: object) -> None:
    """Telling the owner changes nothing, nor does what was not needed."""
    assert what.took_effect_at == at


def test_only_its_links_holder_completes_it() -> None:
    assert COMPLETED.is_completed
    assert not HANDED_OVER.is_completed
    assert not after(2, ActionKind.UNLOCK).is_completed


@pytest.mark.parametrize(
    ("what", "partial"),
    [(HANDED_OVER, False), (COMPLETED, False), (HALF, True), (step_failed(HALF, 2, "", LATER).state, True)],
)
def test_it_is_partial_while_a_step_is_missing(what: Action, partial: bool) -> None:
    assert what.is_partial == partial
