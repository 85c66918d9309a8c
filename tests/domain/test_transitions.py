"""One table of what may follow what, and every state has its row."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest

from services.domain import case as cases
from services.domain import containment, verification
from services.domain.answering import Fit, settle
from services.domain.outcome import Refused
from services.domain.recovery_life import complete, expire, fall_due, step_done, step_failed, stop
from services.domain.transitions import ACTION, CASE, CHECK, STEP, moved
from services.vocabulary import (
    CUSTOMER,
    SYSTEM,
    ActionKind,
    ActionState,
    CaseState,
    CheckState,
    Method,
    Objection,
    StepState,
)
from tests.domain.test_recovery import LINK_ENDS, SMS, notice
from tests.support.facts import EMAIL, NOW, POLICY, action, case, check, dossier, email, phone, staff

TABLES: list[tuple[Any, type[StrEnum]]] = [
    (CASE, CaseState),
    (CHECK, CheckState),
    (ACTION, ActionState),
    (STEP, StepState),
]
Pairs = set[tuple[StrEnum, StrEnum]]


def pairs(table: Mapping[Any, frozenset[Any]]) -> Pairs:
    return {(before, after) for before, row in table.items() for after in row}


@pytest.mark.parametrize(("table", "states"), TABLES)
def test_every_state_has_its_row(table: Mapping[StrEnum, frozenset[StrEnum]], states: type[StrEnum]) -> None:
    assert set(table) == set(states)
    assert all(row <= set(states) and state not in row for state, row in table.items())


@pytest.mark.parametrize(("table", "states"), TABLES)
def test_every_life_ends(table: Mapping[StrEnum, frozenset[StrEnum]], states: type[StrEnum]) -> None:
    """From every state an end is reached, and no way leads round in a circle."""
    left = dict(table)
    while ends := [state for state, row in left.items() if not row & set(left)]:
        for state in ends:
            del left[state]
    assert left == {}


@pytest.mark.parametrize(("table", "states"), TABLES)
def test_what_no_row_allows_is_refused(table: Mapping[Any, frozenset[Any]], states: type[StrEnum]) -> None:
    for before in states:
        for after in states:
            if after in table[before]:
                assert moved(table, before, after, Objection.NOTHING_TO_DO) is after
            else:
                with pytest.raises(Refused):
                    moved(table, before, after, Objection.NOTHING_TO_DO)


def reached(states: type[StrEnum], *moves: Any) -> Pairs:
    """Every change of state that some move makes, tried from every state."""
    found: Pairs = set()
    for before in states:
        for move in moves:
            try:
                found.add((before, move(before)))
            except Refused:
                continue
    return {(before, after) for before, after in found if before is not after}


def test_cases_move_by_their_table() -> None:
    assert reached(
        CaseState,
        lambda state: cases.close(case(state), staff(), "", NOW).state.state,
        lambda state: cases.resolve(case(state), NOW).state.state,
        lambda state: containment.freeze_case(case(state), CUSTOMER, NOW).state.state,
    ) == pairs(CASE)


def test_checks_move_by_their_table() -> None:
    facts = dossier(phone(), email())
    worn = replace(POLICY, attempts=replace(POLICY.attempts, limit=1))

    def at(state: Any) -> verification.Check:
        return check(Method.SMS_CODE, "phone", state=state, expires_at=NOW)

    def answered(state: Any, fit: Fit) -> CheckState:
        waiting = replace(at(state), expires_at=NOW + POLICY.methods[Method.SMS_CODE].valid)
        return settle(waiting, facts, fit, CUSTOMER, worn, NOW).state.check.state

    assert reached(
        CheckState,
        lambda state: answered(state, Fit.RIGHT),
        lambda state: answered(state, Fit.WRONG),
        lambda state: verification.end(at(state), CheckState.CANCELLED, SYSTEM, NOW).state.state,
        lambda state: verification.end(at(state), CheckState.EXPIRED, SYSTEM, NOW).state.state,
        lambda state: verification.end(at(state), CheckState.REPUDIATED, CUSTOMER, NOW).state.state,
    ) == pairs(CHECK)


def test_actions_move_by_their_table() -> None:
    facts = dossier(phone(), email())
    told = (notice(EMAIL),)

    def last(state: Any, kind: ActionKind) -> Any:
        one = action(kind, state=state, due_at=NOW, link_expires_at=NOW, evidence=(SMS.id,))
        return replace(one, steps=one.steps[-1:])

    def over(state: Any) -> Any:
        return replace(last(state, ActionKind.RESET_LINK), link_expires_at=NOW.replace(year=2027))

    assert reached(
        ActionState,
        lambda state: fall_due(last(state, ActionKind.UNLOCK), (SMS,), told, facts, POLICY, NOW).state.state,
        lambda state: step_done(last(state, ActionKind.UNLOCK), 0, "", StepState.DONE, LINK_ENDS, NOW).state.state,
        lambda state: step_done(last(state, ActionKind.RESET_LINK), 0, "", StepState.DONE, LINK_ENDS, NOW).state.state,
        lambda state: step_failed(last(state, ActionKind.UNLOCK), 0, "", NOW).state.state,
        lambda state: complete(over(state), CUSTOMER, NOW).state.state,
        lambda state: expire(last(state, ActionKind.RESET_LINK), NOW).state.state,
        lambda state: stop(last(state, ActionKind.RESET_LINK), CUSTOMER, NOW).state.state,
    ) == pairs(ACTION)
