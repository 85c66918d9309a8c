"""What is worked on stays in sight: when there is less room, when there is more to show, and in the smallest window."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.state.desk_state import Message, Tone
from tests.ui.cards import (
    APP,
    PHONE,
    case,
    desk,
    found,
    recovery,
    recovery_code_pending,
    reverse_passed,
    reverse_pending,
    totp_pending,
)
from tests.ui.looking import name_of, settle
from tests.ui.stage import Stage
from ui.pages.caller.actions_card import RunRow
from ui.pages.caller.method_row import VerifyRow
from ui.theme import Theme, look
from ui.top_bar import TopBar
from ui.widgets.notices import TOAST_SHARE, TOAST_WIDTH, Toast
from ui.widgets.panes import CENTRE, WIDEST
from ui.widgets.text import Text
from ui.window import SMALLEST

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

WRONG = Message(tone=Tone.REFUSED, text="Wrong code. Tries left: 3. " * 3)
SENTENCE = "Not enough is proven yet: it takes two independent proofs, and this sentence is as long as they come."


def method(stage: Stage, option: str) -> VerifyRow:
    row = stage.caller.verify.rows.row(option)
    assert row is not None
    return row


def is_in_sight(widget: QWidget) -> bool:
    """All of it."""
    return widget.visibleRegion().boundingRect() == widget.rect()


def place_of(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def at_the_code(stage: Stage) -> QWidget:
    """Type a code in a row that stands at the foot of its column."""
    stage.window.resize(1000, 640)
    stage.show(desk(found(totp_pending())))
    code = method(stage, f"totp:{APP}").code
    stage.window.commands.run("check.code")
    settle(9)
    assert code.hasFocus()
    assert is_in_sight(code)
    return code


def test_the_field_stays_in_sight_when_there_is_more_to_say(stage: Stage) -> None:
    """WCAG 2.2 2.4.11: a wrong code is said above the panes, and beside the field."""
    code = at_the_code(stage)
    column = stage.caller.panes.columns[1]
    below = column.viewport().height() - code.mapTo(column.viewport(), QPoint(0, code.height())).y()
    bar = column.verticalScrollBar()
    bar.setValue(bar.value() - below + 4)  # the field is at the very foot
    settle()
    assert is_in_sight(code)
    stage.show(desk(found(totp_pending()), message=WRONG))
    settle()
    assert is_in_sight(code)


def test_what_was_scrolled_away_on_purpose_stays_away_until_its_key(stage: Stage) -> None:
    """And the key brings it back, though it has the focus already."""
    code = at_the_code(stage)
    column = stage.caller.panes.columns[1]
    column.verticalScrollBar().setValue(0)
    settle()
    assert not is_in_sight(code)
    stage.show(desk(found(totp_pending()), message=WRONG))
    settle()
    assert column.verticalScrollBar().value() == 0
    stage.window.commands.run("check.code")
    settle()
    assert is_in_sight(code)


@pytest.mark.parametrize("percent", [100, 200])
def test_a_passing_message_covers_nothing(stage: Stage, percent: int) -> None:
    """It has a place of its own, which is wider where the text is larger."""
    stage.window.choose_look("light", percent)
    code = at_the_code(stage)
    stage.window.say(SENTENCE)
    settle()
    toast = stage.window.findChild(Toast)
    assert toast is not None
    usual, room = round(TOAST_WIDTH * look().text_size), stage.caller.width() - 40
    assert min(usual, room) <= toast.bubble.width() <= usual
    assert is_in_sight(code)
    assert not place_of(toast, stage.window).intersects(place_of(stage.caller, stage.window))


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("size", [(1440, 900), (1920, 1080)])
def test_a_column_scrolls_no_further_than_its_words(stage: Stage, size: tuple[int, int], percent: int) -> None:
    """No words are cut short, and below the last of them is nothing to scroll to."""
    stage.window.resize(*size)
    stage.window.choose_look("light", percent)
    stage.show(desk(found(reverse_passed(), recovery_code_pending(), proven=True, recoveries=(recovery(),))))
    settle(9)
    for column in [column for column in stage.caller.panes.columns if column.isVisible()]:
        inside = column.widget()
        assert inside is not None
        assert inside.height() == max(column.viewport().height(), inside.heightForWidth(inside.width()))
        for text in column.findChildren(Text):
            if text.isVisible() and text.wordWrap():
                assert text.height() >= text.heightForWidth(text.width()), text.text()


class TestSmallest:
    """X-06: what `ui.window.SMALLEST` promises."""

    @pytest.fixture
    def small(self, stage: Stage) -> Stage:
        stage.window.resize(SMALLEST)
        return stage

    @pytest.mark.parametrize("choice", ["light", "contrast"])
    def test_a_long_message_in_large_text_can_be_read(self, small: Stage, choice: str) -> None:
        """It has a third of the window, and the rest of it is scrolled to by the arrow keys."""
        small.window.choose_look(choice, 200)
        small.show(desk(found(reverse_pending())))
        small.window.say(SENTENCE * 2)
        settle(9)
        toast = small.window.findChild(Toast)
        assert toast is not None
        assert toast.bubble.height() >= toast.bubble.minimumSizeHint().height()
        assert toast.bubble.rect().contains(place_of(toast.room, toast.bubble))
        assert toast.height() <= SMALLEST.height() // TOAST_SHARE
        assert toast.words.height() >= toast.words.heightForWidth(toast.words.width())
        toast.room.setFocus(Qt.FocusReason.TabFocusReason)
        assert toast.room.hasFocus()
        for _ in range(40):
            QTest.keyClick(toast.room, Qt.Key.Key_Down)
        assert toast.words.visibleRegion().boundingRect().bottom() == toast.words.rect().bottom()

    @pytest.mark.parametrize("percent", [100, 200])
    def test_the_top_bar_cuts_nothing(self, small: Stage, percent: int) -> None:
        small.window.choose_look("contrast", percent)
        settle(9)
        top = next(bar for bar in small.window.findChildren(TopBar) if bar.isVisible())
        assert top.link.width() >= top.link.sizeHint().width()
        assert top.link.text() == name_of(top.link) == "Connected"
        assert top.rect().contains(place_of(top.link, top))
        words = top.search.text().strip()
        assert not words or top.search.fontMetrics().horizontalAdvance(words) < top.search.width() - look().px("icon")
        assert name_of(top.search) == "Find a command or a page"

    def test_a_code_can_be_typed(self, small: Stage) -> None:
        small.show(desk(found(totp_pending())))
        row = method(small, f"totp:{APP}")
        for part in (row.code, row.check, row.cancel):
            assert part.width() >= part.sizeHint().width(), name_of(part)
            assert part.mapTo(row, QPoint(part.width(), 0)).x() <= row.width(), name_of(part)

    def test_titles_tell_one_method_from_another(self, small: Stage) -> None:
        small.show(desk(found(reverse_pending())))
        row = method(small, f"reverse_code:{PHONE}")
        title = row.title
        assert title.wordWrap()
        assert title.heightForWidth(title.width()) <= title.height()
        assert title.fontMetrics().horizontalAdvance(title.text()) > title.width(), "it takes two lines"

    def test_a_question_fits(self, small: Stage) -> None:
        small.show(desk(found(proven=True)))
        small.caller.owner.show_name.click()
        small.window.commands.run("action.next")
        settle()
        for column in small.caller.panes.columns:
            column.show()
            assert column.body.minimumSize().width() <= column.viewport().width(), column.accessibleName()

    def test_no_match_is_seen(self, small: Stage) -> None:
        small.show(desk(case()))
        small.show(desk(replace(case(), lookup="no_match")))
        settle()
        assert is_in_sight(small.caller.case.look_up.result)


def test_an_action_rests_from_its_yes_on(stage: Stage) -> None:
    """Before the desk has said anything: a second and a third Enter ask for nothing."""
    stage.show(desk(found(proven=True)))
    ran: list[str] = []
    stage.caller.run_wanted.connect(lambda option, _why: ran.append(option))
    stage.window.commands.run("action.next")
    for _ in range(4):
        QTest.keyClick(stage.window.windowHandle(), Qt.Key.Key_Return)
    assert ran == ["reset_link"]
    row = stage.window.focusWidget().parent()
    while row is not None and not isinstance(row, RunRow):
        row = row.parent()
    assert row is not None
    assert row.view.option == "reset_link"
    assert row.confirmation.isHidden()


@pytest.mark.parametrize("percent", [100, 200])
def test_on_a_very_wide_screen_a_button_stays_near_what_it_is_for(theme: Theme, qtbot: "QtBot", percent: int) -> None:
    """3840 pixels: what is shown stands in the middle, and no row is wider than the eye follows."""
    theme.apply("light", percent)
    stage = Stage(theme, 3840, 1200)
    qtbot.addWidget(stage.window)
    caller = stage.caller
    for state in (desk(), desk(found())):
        stage.show(state)
        settle(6)
        cards = caller.start.opening, caller.start.mine
        first, *_between, last = cards if state.case is None else caller.panes.columns
        left, right = place_of(first, caller).left(), caller.width() - place_of(last, caller).right()
        assert abs(left - right) < 40 * percent / 100
        assert caller.width() - left - right <= WIDEST * percent / 100 + 1
    assert caller.panes.columns[1].width() <= CENTRE * percent / 100 + 1


def test_on_a_usual_screen_no_room_is_left_empty(stage: Stage) -> None:
    stage.window.resize(1440, 900)
    stage.show(desk(found()))
    assert stage.caller.panes.columns[0].x() == 0
