"""How what is shown changes: laws that hold whatever the order in which things happen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.board import Board
from console.state import changes
from console.state.deadlines import moment_of, next_deadline
from console.state.desk_state import (
    Act,
    AnswerGiven,
    Connection,
    DeskState,
    Draft,
    Intent,
    Message,
    Phase,
    Standing,
    TokenHome,
    Tone,
    WitnessState,
)
from services.contract.actions import RecoveryCard
from services.contract.cases import CaseList
from services.contract.checks import CheckAnswered
from services.contract.problems import Reason
from services.vocabulary import ActionId, ActionKind, ActionState, CaseId, CheckId, Objection
from tests.support.cards import (
    CASE,
    NOW,
    account_card,
    action_card,
    case_card,
    case_line,
    check_card,
    method_card,
    session_card,
)

INTENTS = st.builds(Intent, st.sampled_from(Act), st.sampled_from(["", "a", "b"]))
TROUBLE = Message(tone=Tone.TROUBLE, text="The service cannot be reached.")


def draft(text: str, case: str = CASE) -> Draft:
    return Draft(case_id=CaseId(case), number="K7-204", text=text, saved_at=NOW)


CHANGES: list[Callable[[Any], changes.Change]] = [
    lambda draw: changes.asked(draw(INTENTS)),
    lambda draw: changes.settled(draw(INTENTS)),
    lambda draw: changes.took_long(draw(INTENTS)),
    lambda draw: changes.told(draw(st.sampled_from([None, TROUBLE]))),
    lambda draw: changes.heard(draw(st.sampled_from(Connection))),
    lambda draw: changes.opened(case_card(id=draw(st.sampled_from(["case_1", "case_2"]))), draw(st.integers(1, 9))),
    lambda draw: changes.showed(case_card(version=draw(st.integers(1, 9))), draw(st.integers(1, 9))),
    lambda draw: changes.drafted(draft(draw(st.sampled_from(["", "x"])), draw(st.sampled_from(["case_1", "case_2"])))),
    lambda draw: changes.sent_note(CASE, "x"),
    lambda draw: changes.found_unsent((draft("kept"),)),
    lambda draw: changes.left_case,
    lambda draw: changes.drafts_are_unsafe,
    lambda draw: changes.signed_in(session_card(), TokenHome.MEMORY),
    lambda draw: changes.listed(CaseList(cases=(case_line(case_card()),), after="x"), None),
]


@st.composite
def states(draw: Any) -> DeskState:
    """Whatever a desk may be showing after a while."""
    state = DeskState()
    for make in draw(st.lists(st.sampled_from(CHANGES), max_size=12)):
        state = make(draw)(state)
    return state


@given(states())
def test_what_is_slow_is_busy(state: DeskState) -> None:
    assert state.slow <= state.busy


@given(states(), INTENTS)
def test_what_was_asked_and_answered_leaves_no_marker(state: DeskState, intent: Intent) -> None:
    after = changes.in_turn(changes.asked(intent), changes.took_long(intent), changes.settled(intent))(state)
    assert (after.busy, after.slow) == (state.busy - {intent}, state.slow - {intent})


@given(states())
def test_after_the_session_nothing_of_it_is_left(state: DeskState) -> None:
    after = changes.signed_out()(state)
    assert after == DeskState(phase=Phase.SIGNED_OUT, witness=state.witness, drafts_safe=state.drafts_safe)


@given(states())
def test_a_new_session_sees_nothing_of_the_one_before(state: DeskState) -> None:
    after = changes.signed_in(session_card(), TokenHome.KEYRING)(state)
    assert (after.case, after.cases, after.draft, after.unsent, after.answered) == (None, (), "", (), None)


@given(st.permutations([(version, turn) for version in (1, 2, 3) for turn in (1, 2, 3)]))
def test_answers_may_overtake_each_other_and_the_newest_is_shown(order: list[tuple[int, int]]) -> None:
    state = changes.opened(case_card(version=1), 0)(DeskState())
    for version, turn in order:
        state = changes.showed(case_card(version=version, lookups_left=turn), turn)(state)
    assert state.case == case_card(version=3, lookups_left=3)


@given(states(), st.integers(1, 9), st.integers(1, 9))
def test_what_is_shown_never_goes_back(state: DeskState, version: int, turn: int) -> None:
    after = changes.showed(case_card(version=version), turn)(state)
    if state.case is not None and after.case is not None:
        assert after.case.id == state.case.id
        assert after.case.version >= state.case.version


def test_a_card_of_another_case_changes_nothing() -> None:
    state = changes.opened(case_card(), 1)(DeskState())
    assert changes.showed(case_card(id="case_2", version=9), 9)(state) == state


def test_a_late_answer_does_not_bring_back_a_case_that_was_left() -> None:
    left = changes.in_turn(changes.opened(case_card(), 1), changes.left_case)(DeskState())
    assert changes.showed(case_card(version=9), 9)(left) == left


def test_another_case_starts_afresh_with_its_own_draft() -> None:
    given_answer = AnswerGiven(
        check_id=CheckId("chk_1"), answer=CheckAnswered(passed=False, objection=None, attempts_left=1)
    )
    state = changes.in_turn(
        changes.opened(case_card(version=9), 9),
        changes.answered(given_answer),
        changes.found_unsent((draft("of two", "case_2"), draft("of one"))),
        changes.opened(case_card(id="case_2", version=1), 1),
    )(DeskState())
    assert (state.case, state.answered, state.draft) == (case_card(id="case_2", version=1), None, "of two")


@given(states(), st.sampled_from(["", "x", "y"]))
def test_there_is_one_draft_for_a_case_and_none_that_is_empty(state: DeskState, text: str) -> None:
    after = changes.drafted(draft(text))(state)
    assert [one.text for one in after.unsent if one.case_id == CASE] == ([text] if text else [])
    if after.case is not None and after.case.id == CASE:
        assert after.draft == text


def test_what_was_typed_after_sending_stays() -> None:
    state = changes.in_turn(changes.opened(case_card(), 1), changes.drafted(draft("one")))(DeskState())
    typed_on = changes.drafted(draft("one and two"))(state)
    assert changes.sent_note(CASE, "one")(typed_on) == typed_on
    assert changes.sent_note(CASE, "one")(state).draft == ""


def lines(*numbers: int) -> tuple[Any, ...]:
    return tuple(case_line(case_card(id=f"case_{n}")) for n in numbers)


def test_a_list_goes_on_page_by_page_and_a_late_page_is_dropped() -> None:
    first = changes.listed(CaseList(cases=lines(9, 8), after="p2"), None)(DeskState())
    second = changes.listed(CaseList(cases=lines(7, 6), after=None), "p2")(first)
    assert (second.cases, second.cases_after) == (lines(9, 8, 7, 6), None)
    assert changes.listed(CaseList(cases=lines(7, 6), after=None), "p2")(second) == second


def test_reading_the_first_page_again_keeps_those_behind_it() -> None:
    state = DeskState(cases=lines(9, 8, 7, 6), cases_after="p3")
    after = changes.listed(CaseList(cases=lines(10, 9, 8), after="p2"), None)(state)
    assert (after.cases, after.cases_after) == (lines(10, 9, 8, 7, 6), "p3")
    elsewhere = changes.listed(CaseList(cases=lines(30, 29), after="p2"), None)(state)
    assert (elsewhere.cases, elsewhere.cases_after) == (lines(30, 29), "p2")


def test_coming_back_online_ends_the_talk_of_trouble_and_of_nothing_else() -> None:
    offline = changes.in_turn(changes.heard(Connection.OFFLINE), changes.told(TROUBLE))(DeskState())
    assert changes.heard(Connection.ONLINE)(offline).message is None
    refused = changes.told(Message(tone=Tone.REFUSED, text="No."))(offline)
    assert changes.heard(Connection.ONLINE)(refused).message is not None
    assert changes.heard(Connection.OFFLINE)(offline).message is TROUBLE


@pytest.mark.parametrize("live", Connection)
def test_slow_answers_show_only_while_the_stream_is_up(live: Connection) -> None:
    intent = Intent(Act.LOOK_UP)
    state = changes.in_turn(changes.heard(live), changes.asked(intent), changes.took_long(intent))(DeskState())
    assert state.connection is (Connection.SLOW if live is Connection.ONLINE else live)


def test_an_alarm_outlives_the_session() -> None:
    alarm = WitnessState(standing=Standing.ALARM, size=3)
    state = changes.in_turn(changes.witnessed(alarm), changes.signed_out())(DeskState())
    assert state.witness == alarm


def test_a_board_tells_what_changed_and_nothing_else() -> None:
    board, seen = Board(), list[DeskState]()
    leave = board.subscribe(seen.append)
    board.apply(changes.unchanged)
    board.apply(changes.told(TROUBLE), changes.told(None))
    assert seen == [DeskState()]
    board.apply(changes.told(TROUBLE), changes.heard(Connection.ONLINE))
    assert len(seen) == 2
    leave()
    board.apply(changes.told(None))
    assert len(seen) == 2


SOON, LATER = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)


def test_the_next_deadline_is_the_first_that_is_still_ahead() -> None:
    frozen = Reason(code=Objection.ATTEMPTS_USED_UP, at=SOON.isoformat())
    recovery = RecoveryCard(
        id=ActionId("act_1"),
        kind=ActionKind.UNLOCK,
        about="",
        state=ActionState.COOLING,
        requested_at=NOW,
        due_at=SOON,
        link_expires_at=None,
        steps=(),
    )
    cards = [
        case_card(checks=(check_card(expires_at=SOON), check_card(expires_at=LATER))),
        case_card(checks=(check_card(expires_at=NOW, lapses_at=SOON),)),
        case_card(recoveries=(recovery,)),
        case_card(methods=(method_card(why_not=(frozen,)),)),
        case_card(actions=(action_card(why_not=(frozen,)),)),
        case_card(account=account_card(revealed=("name",), masked_again_at=SOON)),
        case_card(lookup_why_not=(frozen,)),
    ]
    assert [next_deadline(card, NOW) for card in cards] == [SOON] * len(cards)
    assert [next_deadline(card, SOON) for card in cards] == [LATER] + [None] * 6


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-05-04T14:32:00"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment_of(text) is None


def test_an_answer_that_comes_after_its_case_was_left_does_not_bring_it_back() -> None:
    """A late re-read must not put one caller's account before an agent who has gone on to the next."""
    card = case_card()
    left = changes.left_case(changes.opened(card, 1)(DeskState()))
    assert changes.showed(card, 2)(left).case is None


def test_what_is_said_of_a_case_is_said_where_it_is_shown() -> None:
    """An answer may come when its case was left, or another is shown."""
    said = Message(tone=Tone.DONE, text="Note added.")
    first, second = case_card(id=CaseId("case_1")), case_card(id=CaseId("case_2"))
    about_first = changes.told(said, first.id)
    shown = changes.opened(first, 1)(DeskState())
    assert about_first(shown).message == said
    assert changes.left_case(about_first(shown)).message is None
    assert changes.opened(second, 2)(about_first(shown)).message is None
    assert about_first(changes.left_case(shown)).message is None
    assert about_first(changes.opened(second, 2)(shown)).message is None
    assert changes.told(said)(changes.left_case(shown)).message == said


def test_a_case_that_was_opened_is_one_of_mine_at_once() -> None:
    """Whoever goes back before the list was read again finds it there, once."""
    state = changes.opened(case_card(), 1)(DeskState())
    assert [line.id for line in state.cases] == [CASE]
    assert changes.opened(case_card(), 2)(state).cases == state.cases
