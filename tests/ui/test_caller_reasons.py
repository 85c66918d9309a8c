"""Why not, on the caller page: what the service says is said as it is, in its order, once, and to the ear as well."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from services.contract.problems import Reason
from services.vocabulary import LONGEST_REFERENCE, CheckState, EvidenceClass, Method, Objection
from tests.ui.cards import (
    APP,
    MASKED_PHONE,
    NOW,
    case,
    check,
    closed,
    desk,
    found,
    methods,
    recovery_code_pending,
    reverse_passed,
    reverse_pending,
)
from tests.ui.looking import settle
from tests.ui.stage import WORDS, Stage
from ui.pages.caller.proof import method_views, next_step
from ui.widgets.announcer import announcements

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_every_answer_of_a_look_up_is_heard_with_what_is_left(stage: Stage) -> None:
    heard: list[str] = []
    announcements.made.connect(heard.append)
    for left in (4, 3):
        stage.show(desk(replace(case(), lookup="no_match", lookups_left=left)))
        stage.show(desk(replace(case(), lookup="no_match", lookups_left=left)))
    used_up = (Reason(code=Objection.LOOKUPS_USED_UP),)
    stage.show(desk(replace(case(), lookup="no_match", lookups_left=0, lookup_why_not=used_up)))
    announcements.made.disconnect(heard.append)
    assert heard == [
        "No match. Look-ups left: 4. Check the spelling with the caller.",
        "No match. Look-ups left: 3. Check the spelling with the caller.",
        "No match.",
    ]
    go = stage.caller.case.look_up.go
    assert go.reason.text() == "No look-ups left. Close this case. If the call goes on, open another."


def test_a_note_is_added_while_the_service_says_nothing_against_it(stage: Stage) -> None:
    """Invariant 1: an ended case takes notes, a colleague's does not; the desktop works out neither."""
    why = Reason(code=Objection.NOT_YOUR_CASE)
    for reasons in ((), (why,)):
        stage.show(desk(replace(closed(), note_why_not=reasons)))
        notes = stage.caller.notes
        notes.text.setPlainText("x")
        assert notes.add.why_not == ("This is a colleague's case." if reasons else "")
        assert notes.close_case.is_resting()


@pytest.mark.parametrize("state", [CheckState.REPUDIATED, CheckState.FAILED])
def test_what_came_of_a_check_is_shown_though_its_method_cannot_be_used_any_more(state: CheckState) -> None:
    """That the owner said "not me" is why everything rests: it is not hidden behind it."""
    frozen = Reason(code=Objection.ACCOUNT_FROZEN)
    resting = tuple(replace(one, why_not=(frozen,)) for one in methods())
    over = check(Method.TOTP, state, EvidenceClass.BOUND_AUTHENTICATOR, "Phone app")
    rows = {view.key: view for view in method_views(found(over, methods=resting), "", WORDS, NOW)}
    assert rows[f"totp:{APP}"].state == WORDS.word(state)
    assert "The account is frozen" in rows[f"totp:{APP}"].line
    assert rows["recovery_code"].state == "Cannot be used"


def test_what_is_under_way_is_waited_for_and_the_rest_is_next() -> None:
    card = found(reverse_pending())
    assert next_step(card, card.actions[0], WORDS) == f"Waiting for: number read to the caller ({MASKED_PHONE})."
    assert next_step(card, card.actions[1], WORDS, where=False) == (
        "Waiting for: number read to the caller. Next: code from authenticator app, about 20 seconds."
    )


def test_a_shortcut_says_first_what_stops_the_whole_case(stage: Stage) -> None:
    stage.show(desk(closed()))
    said: list[str] = []
    stage.window.commands.refused.connect(said.append)
    for command in ("check.next", "action.next"):
        stage.window.commands.run(command)
    stage.window.commands.refused.disconnect(said.append)
    assert said == ["This case is resolved: nothing more can be done in it."] * 2


def test_a_row_asks_for_a_code_as_the_service_says_it_looks(stage: Stage) -> None:
    """28 letters and digits: typed or pasted in any grouping, and not sent before the last of them is there."""
    stage.show(desk(found(reverse_passed(), recovery_code_pending())))
    row = stage.caller.verify.rows.row("recovery_code")
    assert row is not None
    row.code.setFocus()
    QTest.keyClicks(row.code, "abcd efgh-jkmn0123456789pqrs")
    assert row.check.why_not == "Type all 28 letters and digits first."
    QTest.keyClicks(row.code, "tv")
    settle()
    assert row.code.text() == "ABCD-EFGH-JKMN-0123-4567-89PQ-RSTV"
    assert not row.check.is_resting()
    sent: list[tuple[str, str]] = []
    stage.caller.answer_given.connect(lambda *answer: sent.append(answer))
    QTest.keyClick(row.code, Qt.Key.Key_Return)
    assert sent == [(recovery_code_pending().id, "ABCDEFGHJKMN0123456789PQRSTV")]


def test_who_may_open_no_case_is_told_before_they_type(qtbot: "QtBot", stage: Stage) -> None:
    """Invariant 1."""
    why = Reason(code=Objection.MAY_NOT, about="open_case")
    at_desk = desk()
    assert at_desk.session is not None
    stage.show(replace(at_desk, session=replace(at_desk.session, open_why_not=(why,))))
    opening = stage.caller.start.opening
    opening.reference.setText("T-1042")
    with qtbot.assertNotEmitted(opening.open_wanted):
        opening.go.button.click()
    assert opening.go.reason.text() == WORDS.objections((why,), NOW)


def test_a_reference_that_is_too_long_stays_whole_and_says_so(qtbot: "QtBot", stage: Stage) -> None:
    opening = stage.caller.start.opening
    opening.reference.setText("T-" + "1" * LONGEST_REFERENCE)
    with qtbot.assertNotEmitted(opening.open_wanted):
        opening.go.button.click()
    assert opening.go.reason.text() == "Too long by 2 characters."
    assert len(opening.reference.text()) == LONGEST_REFERENCE + 2
