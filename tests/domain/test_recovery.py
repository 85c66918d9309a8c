"""Asking for a recovery action, and what becomes of it: invariants 3, 9, 11 and 13, C-TA-06, C-TA-08, N-REC-17."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.account import Dossier
from services.domain.handover import Message
from services.domain.outcome import Outcome, Refused
from services.domain.recovery import STEPS, UNSETTLED, Action, perform, request
from services.domain.recovery_life import (
    complete,
    expire,
    fall_due,
    objections_to_go_on,
    step_done,
    step_failed,
    stop,
)
from services.domain.recovery_rules import HANDS_OVER, Possibility, Setting
from services.vocabulary import (
    CUSTOMER,
    SYSTEM,
    ActionId,
    ActionKind,
    ActionState,
    ContactKind,
    Event,
    MessageKind,
    MessageState,
    Method,
    Objection,
    StepKind,
    StepState,
)
from tests.support.facts import (
    ACCOUNT,
    CASE,
    EMAIL,
    MICROSECOND,
    NOW,
    POLICY,
    account,
    action,
    app,
    codes,
    dossier,
    email,
    objections,
    passed,
    phone,
    setting,
    staff,
)

PLAIN = dossier(phone(), email())
FULL = dossier(phone(), email(), app(), codes())
RESET_LINK = Possibility(kind=ActionKind.RESET_LINK)
RESET_APP = Possibility(kind=ActionKind.AUTHENTICATOR_RESET, target="app")
FREEZE = Possibility(kind=ActionKind.FREEZE)
SMS, SAVED, TOTP = passed(Method.REVERSE_CODE, "phone"), passed(Method.RECOVERY_CODE), passed(Method.TOTP, "app")
LINK_ENDS = NOW + timedelta(minutes=7)
FROZEN = replace(FULL, account=account(frozen_at=NOW))


def ask(wanted: Possibility, judged: Setting, reason: str = "") -> Outcome[Action]:
    return request(wanted, staff(), judged, action_id=ActionId("act_1"), case_id=CASE, about="", reason=reason)


def notice(to: str, state: MessageState = MessageState.SENT, sent_at: datetime = NOW) -> Message:
    """A notice of the cooling-off, and what became of it."""
    return Message(
        id=f"msg_{to}",
        dedupe=to,
        account_id=ACCOUNT,
        case_id=CASE,
        contact_id=to,
        kind=MessageKind.NOTICE_SCHEDULED,
        channel=ContactKind.EMAIL,
        address="",
        subject="",
        body="",
        state=state,
        queued_at=NOW,
        sent_at=sent_at if state is MessageState.SENT else None,
    )


def performed(kind: ActionKind, steps: int | None = None) -> Action:
    """An action with its first steps done; all of them, unless it is said how many."""
    one = action(kind)
    for index in range(len(STEPS[kind]) if steps is None else steps):
        one = step_done(one, index, "", StepState.DONE, LINK_ENDS, NOW).state
    return one


def test_what_runs_at_once_is_on_record_with_what_it_rests_on() -> None:
    outcome = ask(RESET_LINK, setting(PLAIN, SMS))
    assert (outcome.state.state, outcome.state.due_at) == (ActionState.RUNNING, None)
    assert outcome.state.handover_to == "email"
    assert outcome.effects == (perform(outcome.state),)
    assert outcome.effects[0].key == "perform/act_1"
    entry = outcome.entry
    assert (entry.event, entry.actor) == (Event.ACTION_REQUESTED, "stf_1")
    assert dict(entry.details) == {
        "id": "act_1",
        "action": "reset_link",
        "target": None,
        "requirement": "one_proof",
        "evidence": (SMS.id,),
        "policy": POLICY.edition,
        "cooling_seconds": 0,
    }


def test_what_is_dangerous_cools_off_first() -> None:
    """Invariant 9: nothing is performed yet, and the owner has until then to stop it."""
    outcome = ask(RESET_APP, setting(FULL, SMS, SAVED))
    assert outcome.state.state is ActionState.COOLING
    assert outcome.state.due_at == NOW + POLICY.actions[ActionKind.AUTHENTICATOR_RESET].cooling
    assert outcome.effects == ()
    assert [entry.event for entry in outcome.entries] == [Event.ACTION_REQUESTED, Event.ACTION_COOLING]


def test_what_is_on_record_as_its_evidence_does_not_vouch_for_itself() -> None:
    outcome = ask(RESET_APP, setting(FULL, TOTP, SMS, SAVED))
    assert outcome.state.evidence == (SMS.id, SAVED.id)


def test_a_refusal_has_every_reason_and_leaves_nothing() -> None:
    with pytest.raises(Refused) as refused:
        ask(RESET_APP, setting(FROZEN))
    assert objections(refused.value) == {Objection.ACCOUNT_FROZEN}


@pytest.mark.parametrize("reason", ["", " \n"])
def test_freezing_takes_a_reason_and_nothing_else(reason: str) -> None:
    """N-REC-19; the reason is prose, and only committed to."""
    with pytest.raises(Refused) as refused:
        ask(FREEZE, setting(FULL), reason)
    assert objections(refused.value) == {Objection.REASON_MISSING}
    outcome = ask(FREEZE, setting(FULL), "They say somebody has their phone.")
    assert outcome.entry.prose == "They say somebody has their phone."
    assert outcome.state.handover_to is None


@pytest.mark.parametrize("kind", ActionKind)
def test_every_action_tells_the_owner_last_and_once(kind: ActionKind) -> None:
    """N-REC-17."""
    assert STEPS[kind][-1] is StepKind.NOTIFY
    assert STEPS[kind].count(StepKind.NOTIFY) == 1


@pytest.mark.parametrize("kind", ActionKind)
def test_an_action_is_performed_step_by_step(kind: ActionKind) -> None:
    one, settled = action(kind), ActionState.HANDED_OVER if kind in HANDS_OVER else ActionState.DONE
    told: list[str] = []
    for index, step in enumerate(STEPS[kind]):
        assert (one.state, one.next_step) == (ActionState.RUNNING, index)
        outcome = step_done(one, index, "1", StepState.DONE, LINK_ENDS, NOW)
        assert (outcome.entry.event, outcome.entry.details["step"]) == (Event.STEP_DONE, step)
        one, told = outcome.state, [entry.event for entry in outcome.more]
        assert bool(told) is (one.next_step is None)
    assert (one.state, one.next_step) == (settled, None)
    assert {(step.state, step.result, step.done_at) for step in one.steps} == {(StepState.DONE, "1", NOW)}
    ending = Event.ACTION_HANDED_OVER if kind in HANDS_OVER else Event.ACTION_DONE
    assert told == [ending]
    assert one.settled_at == (None if kind in HANDS_OVER else NOW)
    assert one.link_expires_at == (LINK_ENDS if kind in HANDS_OVER else None)


@pytest.mark.parametrize("index", [0, 2, 99])
def test_a_step_out_of_its_turn_is_refused_not_redone(index: int) -> None:
    """Invariant 13, A-02."""
    one = performed(ActionKind.AUTHENTICATOR_RESET, steps=1)
    with pytest.raises(Refused):
        step_done(one, index, "", StepState.DONE, LINK_ENDS, NOW)
    with pytest.raises(Refused):
        step_failed(one, index, "", NOW)


@pytest.mark.parametrize("state", [StepState.WAITING, StepState.FAILED])
def test_a_step_that_did_not_happen_is_not_called_done(state: StepState) -> None:
    one = action(ActionKind.UNLOCK)
    if state is StepState.FAILED:
        failed = step_failed(one, 0, "", NOW).state
        with pytest.raises(Refused):
            step_done(failed, 0, "", StepState.DONE, LINK_ENDS, NOW)
    else:
        with pytest.raises(Refused):
            step_done(one, 0, "", state, LINK_ENDS, NOW)


def test_a_step_that_cannot_be_done_ends_the_action_and_says_what_was_done_before() -> None:
    """Partial success is told truthfully."""
    one = performed(ActionKind.AUTHENTICATOR_RESET, steps=2)
    outcome = step_failed(one, 2, "no answer", NOW)
    assert [step.state for step in outcome.state.steps] == [
        *(StepState.DONE, StepState.DONE, StepState.FAILED, StepState.WAITING, StepState.WAITING)
    ]
    assert (outcome.state.state, outcome.state.settled_at) == (ActionState.FAILED, NOW)
    assert [entry.event for entry in outcome.entries] == [Event.STEP_FAILED, Event.ACTION_FAILED]


COOLING = action(
    ActionKind.AUTHENTICATOR_RESET,
    state=ActionState.COOLING,
    due_at=NOW + timedelta(minutes=15),
    target="app",
    handover_to="email",
    evidence=(SMS.id, SAVED.id),
)
PROVEN = (SMS, SAVED)
TOLD = (notice(EMAIL),)
DUE = NOW + timedelta(minutes=15)


def test_a_cooling_action_runs_exactly_when_it_is_due() -> None:
    with pytest.raises(Refused):
        fall_due(COOLING, PROVEN, TOLD, FULL, POLICY, DUE - MICROSECOND)
    outcome = fall_due(COOLING, PROVEN, TOLD, FULL, POLICY, DUE)
    assert (outcome.state.state, outcome.state.due_at, outcome.entry.event) == (
        *(ActionState.RUNNING, None, Event.ACTION_STARTED),
    )
    assert outcome.effects == (perform(COOLING),)


@pytest.mark.parametrize("state", sorted(set(ActionState) - {ActionState.COOLING}))
def test_only_what_cools_off_falls_due(state: ActionState) -> None:
    with pytest.raises(Refused):
        fall_due(replace(COOLING, state=state), PROVEN, TOLD, FULL, POLICY, DUE)


CAME_UP: list[tuple[str, Dossier, Objection]] = [
    ("the account was frozen", FROZEN, Objection.ACCOUNT_FROZEN),
    ("its address changed", dossier(phone(), email(changed_at=NOW), app(), codes()), Objection.NO_SAFE_CHANNEL),
    ("its address was replaced", dossier(phone(), email(retired_at=NOW), app(), codes()), Objection.NO_SAFE_CHANNEL),
    ("its address is gone", dossier(phone(), app(), codes()), Objection.NO_SAFE_CHANNEL),
]


@pytest.mark.parametrize(("facts", "expected"), [row[1:] for row in CAME_UP], ids=[row[0] for row in CAME_UP])
def test_what_came_up_meanwhile_stops_it_before_it_runs(facts: Dossier, expected: Objection) -> None:
    """C-TA-08: the last gate is where it is executed."""
    outcome = fall_due(COOLING, PROVEN, TOLD, facts, POLICY, DUE)
    assert (outcome.state.state, outcome.state.settled_at, outcome.effects) == (ActionState.STOPPED, DUE, ())
    assert (outcome.entry.event, outcome.entry.details["reasons"]) == (Event.ACTION_STOPPED, (str(expected),))


def test_between_its_steps_too() -> None:
    """Freezing stops what is under way; freezing itself goes on, and what was sent is sent."""
    running = performed(ActionKind.AUTHENTICATOR_RESET, steps=1)
    running = replace(running, evidence=(SMS.id, SAVED.id))
    assert objections(objections_to_go_on(running, PROVEN, FROZEN, POLICY, NOW)) == {Objection.ACCOUNT_FROZEN}
    assert objections_to_go_on(action(ActionKind.FREEZE), (), FROZEN, POLICY, NOW) == ()
    sent = replace(performed(ActionKind.RESET_LINK, steps=1), handover_to="email")
    assert objections_to_go_on(sent, (), dossier(phone()), POLICY, NOW) == ()


def test_the_owner_completes_it_while_the_link_lives() -> None:
    over = performed(ActionKind.RESET_LINK)
    assert over.link_expires_at is not None
    outcome = complete(over, CUSTOMER, over.link_expires_at - MICROSECOND)
    assert (outcome.state.state, outcome.entry.event, outcome.entry.actor) == (
        *(ActionState.DONE, Event.ACTION_DONE, CUSTOMER),
    )
    with pytest.raises(Refused) as refused:
        complete(over, CUSTOMER, over.link_expires_at)
    assert objections(refused.value) == {Objection.LINK_DEAD}


@pytest.mark.parametrize("state", sorted(set(ActionState) - {ActionState.HANDED_OVER}))
def test_nobody_completes_what_is_not_in_their_hands(state: ActionState) -> None:
    with pytest.raises(Refused):
        complete(replace(performed(ActionKind.RESET_LINK), state=state), CUSTOMER, NOW)


def test_a_link_expires_exactly_when_it_dies() -> None:
    over = performed(ActionKind.RESET_LINK)
    assert over.link_expires_at is not None
    with pytest.raises(Refused):
        expire(over, over.link_expires_at - MICROSECOND)
    outcome = expire(over, over.link_expires_at)
    assert (outcome.state.state, outcome.entry.event) == (ActionState.EXPIRED, Event.ACTION_EXPIRED)
    with pytest.raises(Refused):
        expire(replace(COOLING, link_expires_at=None), DUE + timedelta(days=99))


@pytest.mark.parametrize("state", ActionState)
def test_whatever_is_not_settled_can_be_stopped_and_nothing_else_can(state: ActionState) -> None:
    """Invariant 9."""
    assert set(UNSETTLED) == {ActionState.COOLING, ActionState.RUNNING, ActionState.HANDED_OVER}
    one = replace(COOLING, state=state)
    if state in UNSETTLED:
        outcome = stop(one, CUSTOMER, NOW)
        assert (outcome.state.state, outcome.state.due_at, outcome.state.settled_at) == (
            *(ActionState.STOPPED, None, NOW),
        )
        assert (outcome.entry.event, outcome.entry.actor) == (Event.ACTION_STOPPED, CUSTOMER)
    else:
        with pytest.raises(Refused):
            stop(one, CUSTOMER, NOW)


moves = st.lists(st.sampled_from(["due", "step", "fail", "complete", "expire", "stop"]), max_size=14)


def moved(one: Action, move: str) -> Outcome[Action]:
    """One thing that happens to an action, whenever and to whichever."""
    late = NOW + timedelta(days=2)
    return {
        "due": lambda: fall_due(one, PROVEN, TOLD, FULL, POLICY, late),
        "step": lambda: step_done(one, one.next_step or 0, "", StepState.DONE, LINK_ENDS, NOW),
        "fail": lambda: step_failed(one, one.next_step or 0, "", NOW),
        "complete": lambda: complete(one, CUSTOMER, NOW),
        "expire": lambda: expire(one, late),
        "stop": lambda: stop(one, SYSTEM, NOW),
    }[move]()


@given(st.sampled_from(ActionKind), st.booleans(), moves)
def test_whatever_happens_in_whatever_order_an_action_settles_once(
    kind: ActionKind, cools: bool, happening: list[str]
) -> None:
    """Invariants 11 and 13: each step is done once, each move is on record, and nothing settled moves again."""
    changes = {"state": ActionState.COOLING, "due_at": NOW} if cools else {}
    one = action(kind, evidence=(SMS.id, SAVED.id), **changes)
    steps, settled = 0, False
    for move in happening:
        try:
            outcome = moved(one, move)
        except Refused:
            continue
        assert not settled
        steps += sum(entry.event == Event.STEP_DONE for entry in outcome.entries)
        one = outcome.state
        settled = one.state not in UNSETTLED
        assert (one.settled_at is not None) is settled
    assert steps == sum(step.state is StepState.DONE for step in one.steps)
    if one.state is ActionState.DONE:
        assert steps == len(STEPS[kind])
