"""A case: opened for a call, worked on by its agent alone, and ended once (invariant 2, C-TA-08)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.case import (
    REVEAL_LIFE,
    Case,
    Reveal,
    close,
    expire,
    in_clear,
    is_own,
    may_read,
    note,
    open_case,
    resolve,
)
from services.domain.case import objections as against
from services.domain.outcome import Refused
from services.domain.staff import Staff
from services.vocabulary import CUSTOMER, SYSTEM, CaseState, Event, Objection, Permission
from tests.support.facts import MICROSECOND, NOW, POLICY, case, objections, staff

AGENT, COLLEAGUE = staff("stf_1", Permission.OPEN_CASE), staff("stf_2", Permission.OPEN_CASE)


def test_a_case_is_opened_for_a_call_and_its_reference_is_only_committed_to() -> None:
    """The reference may hold a number or a name: it is prose, never in the clear."""
    outcome = open_case(case(reference="T-1042"), AGENT, NOW)
    assert (outcome.entry.event, outcome.entry.prose) == (Event.CASE_OPENED, "T-1042")
    assert dict(outcome.entry.details) == {"number": "7H2K-Q4MX", "channel": "phone"}


@pytest.mark.parametrize("reference", ["", "  ", "T1", " T1  "])
def test_no_reference_no_case(reference: str) -> None:
    """Invariant 2."""
    with pytest.raises(Refused) as refused:
        open_case(case(reference=reference), AGENT, NOW)
    assert objections(refused.value) == {Objection.REFERENCE_MISSING}


def test_a_role_without_cases_is_told_everything_that_is_missing() -> None:
    with pytest.raises(Refused) as refused:
        open_case(case(reference=""), staff("stf_1", Permission.READ_AUDIT), NOW)
    assert objections(refused.value) == {Objection.MAY_NOT, Objection.REFERENCE_MISSING}


@pytest.mark.parametrize(
    ("state", "who", "expected"),
    [
        (CaseState.OPEN, AGENT, set()),
        (CaseState.OPEN, COLLEAGUE, {Objection.NOT_YOUR_CASE}),
        (CaseState.CLOSED, AGENT, {Objection.CASE_NOT_OPEN}),
        (CaseState.RESOLVED, AGENT, {Objection.CASE_NOT_OPEN}),
        (CaseState.FROZEN, AGENT, {Objection.CASE_NOT_OPEN}),
        (CaseState.FROZEN, COLLEAGUE, {Objection.NOT_YOUR_CASE}),
    ],
)
def test_who_may_work_on_a_case_and_when(state: CaseState, who: object, expected: set[Objection]) -> None:
    one = AGENT if who is AGENT else COLLEAGUE
    assert objections(against(case(state), one)) == expected


def test_who_sees_every_case_works_on_none_of_them() -> None:
    """A supervisor looks; the case stays its agent's."""
    supervisor = staff("stf_3", Permission.SEE_EVERY_CASE)
    assert may_read(case(), supervisor)
    assert may_read(case(), AGENT)
    assert not may_read(case(), COLLEAGUE)
    assert objections(against(case(), supervisor)) == {Objection.NOT_YOUR_CASE}


def test_who_has_other_work_now_does_not_go_on_with_their_cases() -> None:
    """A-34: another role leaves no window on the accounts of old cases."""
    for permission in (Permission.ADMINISTER_STAFF, Permission.SEE_EVERY_CASE):
        moved = staff("stf_1", permission)
        assert not is_own(case(), moved)
        assert objections(against(case(), moved)) == {Objection.MAY_NOT}
        with pytest.raises(Refused):
            note(case(), moved, "Once mine.", NOW)
    assert not may_read(case(), staff("stf_1", Permission.ADMINISTER_STAFF))


REVEALER = staff("stf_1", Permission.OPEN_CASE, Permission.REVEAL)
SHOWN = case(revealed=("name", "cp_1"))
MOMENT = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("one", "who", "later", "shown"),
    [
        (SHOWN, REVEALER, REVEAL_LIFE - MOMENT, {"name"}),
        (SHOWN, REVEALER, REVEAL_LIFE, set()),
        (SHOWN, staff("stf_1", Permission.OPEN_CASE), MOMENT, set()),
        (SHOWN, staff("stf_1", Permission.REVEAL), MOMENT, set()),
        (SHOWN, staff("stf_2", *Permission), MOMENT, set()),
        (replace(SHOWN, state=CaseState.CLOSED), REVEALER, MOMENT, set()),
        (replace(SHOWN, state=CaseState.FROZEN), REVEALER, MOMENT, set()),
        (case(), REVEALER, MOMENT, set()),
    ],
    ids=["agent", "too late", "may not reveal", "no cases", "colleague", "closed", "frozen", "never shown"],
)
def test_what_is_in_clear_is_for_whoever_gave_the_reason_and_not_for_long(
    one: Case, who: Staff, later: timedelta, shown: set[str]
) -> None:
    """Invariant 2: every reveal has a reason, and it is the reason of one person for one moment."""
    given = [
        Reveal(field="name", to="stf_1", at=NOW - REVEAL_LIFE),
        Reveal(field="cp_1", to="stf_2", at=NOW),
        Reveal(field="name", to="stf_1", at=NOW),
    ]
    assert in_clear(one, who, given, NOW + later) == dict.fromkeys(shown, NOW + REVEAL_LIFE)


def test_a_case_is_closed_by_its_agent_once() -> None:
    outcome = close(case(), AGENT, "Called back.", NOW)
    assert (outcome.state.state, outcome.state.closed_at) == (CaseState.CLOSED, NOW)
    assert (outcome.entry.event, outcome.entry.prose) == (Event.CASE_CLOSED, "Called back.")
    for who in (AGENT, COLLEAGUE):
        with pytest.raises(Refused):
            close(outcome.state, who, "", NOW)


def test_a_case_resolves_when_its_owner_did_their_part() -> None:
    outcome = resolve(case(), NOW)
    assert (outcome.state.state, outcome.state.closed_at) == (CaseState.RESOLVED, NOW)
    assert (outcome.entry.event, outcome.entry.actor) == (Event.CASE_RESOLVED, CUSTOMER)
    with pytest.raises(Refused) as refused:
        resolve(case(CaseState.FROZEN), NOW)
    assert objections(refused.value) == {Objection.CASE_NOT_OPEN}


def test_a_case_that_was_left_alone_closes_itself_when_the_policy_says() -> None:
    """Invariant 2: an open case is a window on the account, and no window stays open for ever."""
    over = NOW + POLICY.case_idle
    outcome = expire(case(), NOW, POLICY, over, waits=False)
    assert (outcome.state.state, outcome.state.closed_at) == (CaseState.CLOSED, over)
    assert (outcome.entry.event, outcome.entry.actor, outcome.entry.prose) == (Event.CASE_EXPIRED, SYSTEM, None)
    for now, waits in ((over - MICROSECOND, False), (over, True)):
        with pytest.raises(Refused) as refused:
            expire(case(), NOW, POLICY, now, waits=waits)
        assert objections(refused.value) == {Objection.NOTHING_TO_DO}


@pytest.mark.parametrize("state", sorted(set(CaseState) - {CaseState.OPEN}))
def test_what_ended_does_not_end_by_itself_once_more(state: CaseState) -> None:
    with pytest.raises(Refused) as refused:
        expire(case(state), NOW, POLICY, NOW + POLICY.case_idle, waits=False)
    assert objections(refused.value) == {Objection.CASE_NOT_OPEN}


def test_a_note_is_its_agents_even_after_the_case_ended() -> None:
    for state in CaseState:
        assert note(case(state), AGENT, "She will call again.", NOW).entry.prose == "She will call again."
    with pytest.raises(Refused) as refused:
        note(case(), COLLEAGUE, "Mine too.", NOW)
    assert objections(refused.value) == {Objection.NOT_YOUR_CASE}
    with pytest.raises(Refused) as refused:
        note(case(), AGENT, " \n", NOW)
    assert objections(refused.value) == {Objection.REASON_MISSING}


def test_what_is_written_about_a_case_is_never_in_its_details() -> None:
    """Invariant 12: entries hold no personal data in the clear."""
    secret = "Amara Okafor, +447700900471"
    entries = [
        open_case(replace(case(), reference=secret), AGENT, NOW).entry,
        close(case(), AGENT, secret, NOW).entry,
        note(case(), AGENT, secret, NOW).entry,
    ]
    assert all(secret not in repr(dict(entry.details)) and entry.prose == secret for entry in entries)
