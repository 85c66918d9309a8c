"""What was decided is judged anew before it is done, and its owner has the time to stop it: invariants 3, 4 and 9."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.account import Dossier
from services.domain.handover import Message
from services.domain.outcome import Refused
from services.domain.recovery_life import fall_due, objections_to_go_on, step_done
from services.vocabulary import ActionState, CheckState, MessageState, Objection, SignalAnswer, StepState
from tests.domain.test_recovery import COOLING, DUE, FULL, LINK_ENDS, PROVEN, SAVED, SMS, TOLD, notice
from tests.support.facts import (
    EMAIL,
    MICROSECOND,
    NOW,
    PHONE,
    POLICY,
    account,
    app,
    codes,
    dossier,
    email,
    objections,
    phone,
)

SWAPPED = dossier(phone(sim_swap=SignalAnswer.YES, sim_swapped_at=NOW), email(), app(), codes())
LESS_PROVEN: list[tuple[str, Dossier, set[Objection]]] = [
    ("a SIM was swapped", SWAPPED, {Objection.NEEDS_MORE_PROOF, Objection.SIM_SWAPPED}),
    (
        "a phone was replaced",
        dossier(phone(retired_at=NOW), email(), app(), codes()),
        {Objection.NEEDS_MORE_PROOF, Objection.CHANGED_RECENTLY, Objection.NOT_ON_FILE},
    ),
    (
        "codes were replaced",
        dossier(phone(), email(), app(), codes(issued_at=NOW)),
        {Objection.NEEDS_MORE_PROOF, Objection.CHANGED_RECENTLY},
    ),
    ("the owner became somebody", replace(FULL, account=account(privileged=True)), {Objection.NEEDS_APPROVAL}),
]


@pytest.mark.parametrize(("facts", "expected"), [row[1:] for row in LESS_PROVEN], ids=[row[0] for row in LESS_PROVEN])
def test_what_it_rests_on_is_judged_anew(facts: Dossier, expected: set[Objection]) -> None:
    """Invariants 3 and 4, for today's tier and risk: before it runs, and before each step that gives something."""
    outcome = fall_due(COOLING, PROVEN, TOLD, facts, POLICY, DUE)
    assert outcome.state.state is ActionState.STOPPED
    assert set(outcome.entry.details["reasons"]) == expected  # type: ignore[arg-type]  # reasons are a list of words
    running = replace(COOLING, state=ActionState.RUNNING)
    assert objections_to_go_on(running, PROVEN, facts, POLICY, DUE) == ()
    second = step_done(running, 0, "", StepState.DONE, LINK_ENDS, DUE).state
    assert objections(objections_to_go_on(second, PROVEN, facts, POLICY, DUE)) == expected


def test_what_was_taken_back_is_no_evidence_any_more() -> None:
    repudiated = (replace(SMS, state=CheckState.REPUDIATED), SAVED)
    assert objections(objections_to_go_on(COOLING, repudiated, FULL, POLICY, NOW)) == {Objection.NEEDS_MORE_PROOF}


def test_evidence_is_of_the_checks_that_it_was_decided_on() -> None:
    """Proof that came later is of another decision."""
    less = replace(COOLING, evidence=(SMS.id,))
    assert objections(objections_to_go_on(less, PROVEN, FULL, POLICY, NOW)) == {Objection.NEEDS_MORE_PROOF}


def test_time_alone_takes_nothing_from_what_it_rests_on() -> None:
    """Evidence lapses after half an hour; a cooling-off may take a day."""
    day = timedelta(days=1)
    long = replace(COOLING, due_at=NOW + day)
    assert fall_due(long, PROVEN, TOLD, FULL, POLICY, NOW + day).state.state is ActionState.RUNNING


UNTOLD: list[tuple[str, tuple[Message, ...]]] = [
    ("a notice waits", (notice(PHONE), notice(EMAIL, MessageState.QUEUED))),
    ("nothing was sent yet", (notice(PHONE, MessageState.QUEUED), notice(EMAIL, MessageState.FAILED))),
    ("only just", (notice(EMAIL, sent_at=NOW + MICROSECOND),)),
]


@pytest.mark.parametrize("notices", [row[1] for row in UNTOLD], ids=[row[0] for row in UNTOLD])
def test_it_waits_until_the_owner_had_the_whole_time_to_stop_it(notices: tuple[Message, ...]) -> None:
    """Invariant 9: a notice to the phone that just proved the caller tells whoever holds it, and nobody else."""
    with pytest.raises(Refused) as refused:
        fall_due(COOLING, PROVEN, notices, FULL, POLICY, DUE)
    assert objections(refused.value) == {Objection.OWNER_NOT_TOLD}


PLANTED = email(changed_at=NOW + MICROSECOND - POLICY.quarantine)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (dossier(phone(), PLANTED, app(), codes()), ActionState.STOPPED),
        (dossier(phone(), replace(PLANTED, retired_at=DUE), app(), codes()), ActionState.STOPPED),
        (dossier(phone(), email(retired_at=NOW), app(), codes()), ActionState.RUNNING),
    ],
)
def test_a_notice_to_an_address_that_was_fresh_then_tells_nobody_else(facts: Dossier, expected: ActionState) -> None:
    """Invariants 4 and 9: whoever planted it would be the one who is told. What was replaced is told and counts."""
    outcome = fall_due(replace(COOLING, handover_to=PHONE), PROVEN, TOLD, facts, POLICY, DUE)
    untold = None if expected is ActionState.RUNNING else (Objection.OWNER_NOT_TOLD,)
    assert (outcome.state.state, outcome.entry.details.get("reasons")) == (expected, untold)


@pytest.mark.parametrize("notices", [(), (notice(EMAIL, MessageState.FAILED), notice(PHONE))])
def test_it_stops_when_no_notice_can_reach_the_owner(notices: tuple[Message, ...]) -> None:
    outcome = fall_due(COOLING, PROVEN, notices, FULL, POLICY, DUE)
    assert outcome.state.state is ActionState.STOPPED
    assert outcome.entry.details["reasons"] == (Objection.OWNER_NOT_TOLD,)


def test_a_link_that_was_to_go_to_a_phone_whose_sim_was_swapped() -> None:
    to_phone = replace(COOLING, handover_to="phone")
    assert Objection.NO_SAFE_CHANNEL in objections(objections_to_go_on(to_phone, PROVEN, SWAPPED, POLICY, NOW))
