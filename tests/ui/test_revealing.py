"""Asking for a masked field: with a reason, one question at a time, and without waiting for the last answer."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.state.desk_state import Act, Intent
from services.contract.problems import Reason
from services.vocabulary import Objection
from tests.ui.cards import NOW, PHONE, desk, found
from tests.ui.looking import settle
from tests.ui.stage import WORDS, Stage

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def press(stage: Stage, key: Qt.Key) -> None:
    QTest.keyClick(stage.window.focusWidget(), key)
    settle()


def type_in(stage: Stage, text: str) -> None:
    QTest.keyClicks(stage.window.focusWidget(), text)


def test_a_reason_is_asked_for_and_sent(qtbot: "QtBot", stage: Stage) -> None:
    """Invariant 2: every reveal has a reason."""
    stage.show(desk(found()))
    owner = stage.caller.owner
    owner.show_name.click()
    assert owner.question.reason.hasFocus()
    with qtbot.assertNotEmitted(stage.caller.reveal_wanted):
        owner.question.yes.click()
    type_in(stage, "to pronounce it")
    with qtbot.waitSignal(stage.caller.reveal_wanted) as asked:
        press(stage, Qt.Key.Key_Return)
    assert asked.args == ["name", "to pronounce it"]


def test_each_contact_asks_for_itself(qtbot: "QtBot", stage: Stage) -> None:
    stage.show(desk(found()))
    stage.caller.owner._rows[PHONE].value.button.click()
    type_in(stage, "wrong number?")
    with qtbot.waitSignal(stage.caller.reveal_wanted) as asked:
        press(stage, Qt.Key.Key_Return)
    assert asked.args == [PHONE, "wrong number?"]


def test_the_next_question_does_not_wait_for_the_last_answer(qtbot: "QtBot", stage: Stage) -> None:
    stage.show(desk(found()))
    owner = stage.caller.owner
    owner._rows[PHONE].value.button.click()
    stage.show(desk(found(), busy=frozenset({Intent(Act.REVEAL, PHONE)})))
    owner.show_name.click()
    type_in(stage, "to pronounce it")
    with qtbot.waitSignal(stage.caller.reveal_wanted) as asked:
        press(stage, Qt.Key.Key_Return)
    assert asked.args == ["name", "to pronounce it"]


def test_where_nothing_may_be_shown_every_eye_says_why(qtbot: "QtBot", stage: Stage) -> None:
    """Invariant 1."""
    why = Reason(code=Objection.MAY_NOT, about="reveal")
    stage.show(desk(replace(found(), reveal_why_not=(why,))))
    owner = stage.caller.owner
    for eye in (owner.show_name, owner._rows[PHONE].value.button):
        with qtbot.waitSignal(owner.refused) as refused:
            eye.click()
        assert refused.args == [WORDS.objections((why,), NOW)]
    assert not owner.question.isVisible()
