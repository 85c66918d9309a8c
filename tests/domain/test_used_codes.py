"""When a saved code that was used is replaced: N-REC-05."""

from dataclasses import replace

import pytest

from services.domain.account import Dossier
from services.domain.recovery import UNSETTLED, Action
from services.domain.recovery_life import replaces_recovery_codes, rests_on_a_saved_code
from services.domain.verification import Check
from services.vocabulary import ActionId, ActionKind, ActionState, CheckId, CheckState, Method
from tests.support.facts import MICROSECOND, NOW, action, codes, dossier, passed

SMS, SAVED = passed(Method.REVERSE_CODE, "phone"), passed(Method.RECOVERY_CODE)
OTHER_CODE = replace(SAVED, id=CheckId("chk_another"))
FULL = dossier(codes())


def reset_link(*checks: Check) -> Action:
    """A reset link in its owner's hands, which rests on these checks."""
    rests_on = tuple(check.id for check in checks)
    return action(ActionKind.RESET_LINK, state=ActionState.HANDED_OVER, evidence=rests_on)


def app_reset(state: ActionState, *checks: Check) -> Action:
    """The reset of an authenticator in the same case."""
    return replace(reset_link(*checks), id=ActionId("act_2"), kind=ActionKind.AUTHENTICATOR_RESET, state=state)


@pytest.mark.parametrize(
    ("rests_on", "known", "is_due"),
    [
        ((SMS, SAVED), FULL, True),
        ((SAVED,), FULL, True),
        ((SMS,), FULL, False),
        ((), FULL, False),
        ((SAVED,), dossier(codes(digests=())), True),
        ((SAVED,), dossier(), False),
        ((SAVED,), dossier(codes(issued_at=NOW - MICROSECOND)), True),
        ((SAVED,), dossier(codes(issued_at=NOW)), False),
        ((SAVED,), dossier(codes(issued_at=NOW + MICROSECOND)), False),
    ],
    ids=["beside", "alone", "none used", "no proof", "the last one", "gone", "newer, before it", "with it", "after it"],
)
def test_a_set_is_replaced_when_one_of_it_was_used(rests_on: tuple[Check, ...], known: Dossier, is_due: bool) -> None:
    """And not when it was replaced since: what is on file then was never used."""
    wanted = reset_link(*rests_on)
    assert rests_on_a_saved_code(wanted, (SMS, SAVED), known) is is_due
    assert replaces_recovery_codes(wanted, (wanted,), (SMS, SAVED), known) is is_due


@pytest.mark.parametrize("state", [state for state in CheckState if state is not CheckState.PASSED])
def test_a_code_that_was_not_taken_was_not_used(state: CheckState) -> None:
    assert not rests_on_a_saved_code(reset_link(SAVED), (replace(SAVED, state=state),), FULL)


def test_a_code_that_was_used_for_something_else_is_not_its_own() -> None:
    """A code of the case that had lapsed when the link was asked for."""
    assert not rests_on_a_saved_code(reset_link(SMS), (SMS, SAVED), FULL)


@pytest.mark.parametrize("state", list(ActionState))
@pytest.mark.parametrize("code", [SAVED, OTHER_CODE, SMS])
def test_what_is_under_way_and_rests_on_a_code_keeps_its_proof(state: ActionState, code: Check) -> None:
    """Its own codes come with the new authenticator; of what is over, nothing is taken away."""
    wanted, other = reset_link(SMS, SAVED), app_reset(state, SMS, code)
    due = replaces_recovery_codes(wanted, (wanted, other), (SMS, SAVED, OTHER_CODE), FULL)
    assert due is not (state in UNSETTLED and code is not SMS)
