"""A question in place: where typing begins, what Enter and Escape mean, and where the focus is afterwards."""

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tests.ui.looking import settle
from ui.theme import Theme
from ui.widgets.buttons import PrimaryButton, QuietButton
from ui.widgets.question import Question

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Asking:
    """A button, the question that it asks, and a neighbour that the focus must not stray to."""

    def __init__(self, *, reason_needed: bool) -> None:
        self.window, self.button = QWidget(), QuietButton("Freeze")
        self.question = Question("Why?", PrimaryButton("Freeze it"), reason_needed=reason_needed)
        layout = QVBoxLayout(self.window)
        layout.addWidget(self.button)
        layout.addWidget(self.question)
        layout.addWidget(QuietButton("Unlock"))
        self.window.show()
        self.question.ask(Qt.FocusReason.OtherFocusReason)
        settle()


@pytest.fixture(params=[True, False], ids=["needed", "optional"])
def asking(request: pytest.FixtureRequest, qtbot: "QtBot", theme: Theme) -> Asking:
    made = Asking(reason_needed=request.param)
    qtbot.addWidget(made.window)
    return made


def test_typing_begins_where_something_must_be_typed(qtbot: "QtBot", theme: Theme) -> None:
    needed, optional = Asking(reason_needed=True), Asking(reason_needed=False)
    for one in (needed, optional):
        qtbot.addWidget(one.window)
    assert needed.window.focusWidget() is needed.question.reason
    assert optional.window.focusWidget() is optional.question.yes


def test_enter_in_the_reason_means_yes(qtbot: "QtBot", asking: Asking) -> None:
    asking.question.reason.setText(" sounds scripted ")
    with qtbot.waitSignal(asking.question.answered) as answered:
        QTest.keyClick(asking.question.reason, Qt.Key.Key_Return)
    assert answered.args == ["sounds scripted"]


def test_escape_means_no(qtbot: "QtBot", asking: Asking) -> None:
    with qtbot.waitSignal(asking.question.declined), qtbot.assertNotEmitted(asking.question.answered):
        QTest.keyClick(asking.question.reason, Qt.Key.Key_Escape)


def test_what_was_typed_is_forgotten_and_the_focus_kept(asking: Asking) -> None:
    asking.question.reason.setText("sounds scripted")
    asking.question.put_away(asking.button)
    assert asking.question.isHidden()
    assert not asking.question.reason.text()
    assert not asking.question.reason.isUndoAvailable()
    assert asking.window.focusWidget() is asking.button
