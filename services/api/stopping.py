"""What a stop link's pages say: how far the thing went that it stops, and what was done before it was tapped."""

from collections.abc import Iterable
from datetime import datetime

from services.api.pages.views import StopDeed, StopPage, StoppedPage, StopStage
from services.domain.recovery import Action
from services.domain.verification import state_now
from services.usecases.links import Opened
from services.vocabulary import ActionState, CaseState, CheckState

_TO_COME = (ActionState.COOLING, ActionState.RUNNING)


def stop_page(opened: Opened, now: datetime) -> StopPage:
    """What a link stops: its action, or whatever came of the check that it was sent with.

    What was done comes first, and alone: an owner whose account was taken over must not read that nothing happened.
    """
    concerned = (opened.action,) if opened.action else opened.actions
    if done := _done(concerned):
        return StopPage(stage=StopStage.DONE, deeds=done, case_number=opened.case.number)
    coming = tuple(StopDeed(deed=one.kind, at=one.due_at or now) for one in concerned if one.state in _TO_COME)
    if coming:
        return StopPage(stage=StopStage.SCHEDULED, deeds=coming, case_number=opened.case.number)
    stage = StopStage.CHECKING if _is_under_way(opened, now) else StopStage.ASKED
    asked = StopDeed(deed=opened.wanted, at=opened.link.created_at)
    return StopPage(stage=stage, deeds=(asked,), case_number=opened.case.number)


def stopped_page(opened: Opened) -> StoppedPage:
    """That it is stopped, and what had been done in the case all the same."""
    return StoppedPage(case_number=opened.case.number, was_done=_done(opened.actions))


def _done(actions: Iterable[Action]) -> tuple[StopDeed, ...]:
    """What took effect, as it happened."""
    return tuple(
        StopDeed(
            deed=action.kind,
            at=action.took_effect_at,
            completed=action.is_completed,
            begun=action.done if action.is_partial else (),
        )
        for action in actions
        if action.took_effect_at is not None
    )


def _is_under_way(opened: Opened, now: datetime) -> bool:
    """Whether the check still waits for its answer."""
    if opened.check is None or opened.case.state is not CaseState.OPEN:
        return False
    return state_now(opened.check, now) is CheckState.PENDING
