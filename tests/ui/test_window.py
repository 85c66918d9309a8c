"""The window: sign-in first, the shell after it, and a focus that can always be seen."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.cards import case, desk, found
from tests.ui.looking import name_of, settle
from tests.ui.stage import SHELL, Stage
from ui.commands import CALLER, CATALOGUE, PAGES
from ui.pages.sign_in import SignInState
from ui.shell import Shell
from ui.shell_state import LinkState
from ui.theme import CHOICES, look
from ui.widgets.announcer import announcements
from ui.widgets.focus_ring import FocusRing
from ui.widgets.notices import Toast
from ui.widgets.palette import Palette
from ui.widgets.tone import Tone
from ui.window import MainWindow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ui.theme import Theme


def ring_of(window: QWidget) -> FocusRing:
    ring = window.findChild(FocusRing)
    assert ring is not None
    return ring


def place_of(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def test_it_opens_on_the_sign_in_page_with_the_focus_where_typing_begins(qtbot: "QtBot", theme: "Theme") -> None:
    window = MainWindow(theme)
    qtbot.addWidget(window)
    window.show()
    settle()
    assert window.sign_in.isVisible()
    assert window.focusWidget() is window.sign_in.login
    assert "Rightful" in window.windowTitle()


def test_signing_in_shows_the_first_page_and_forgets_the_password(stage: Stage) -> None:
    assert stage.caller.isVisible()
    assert stage.window.windowTitle() == "Caller – Rightful", "WCAG 2.2 2.4.2"
    stage.window.sign_in.password.setText("canary")
    stage.window.show_sign_in(SignInState())
    stage.window.show_shell(SHELL)
    assert stage.window.sign_in.password.text() == ""


def test_signing_out_leaves_nothing_behind(stage: Stage) -> None:
    """A-51: what was shown is gone at once, not only out of sight."""
    stage.show(desk(found()))
    window = stage.window
    assert window.findChildren(Toast) == []
    window.show_sign_in(SignInState(notice="You are signed out."))
    settle()
    assert window.page("caller") is None
    assert not [widget for widget in window.findChildren(QWidget) if type(widget).__name__ == "CallerPage"]
    assert window.focusWidget() is window.sign_in.login


def test_after_signing_out_the_keys_of_the_pages_do_nothing(stage: Stage) -> None:
    stage.show(desk(found()))
    stage.window.show_sign_in(SignInState())
    settle()
    for command in CATALOGUE:
        if command.section in {CALLER, PAGES}:
            stage.window.commands.run(command.id)
    offered = {command.section for command in stage.window.commands.offers()}
    assert not offered & {CALLER, PAGES}
    assert stage.window.sign_in.isVisible()


def test_nobody_can_be_signed_out_twice(qtbot: "QtBot", stage: Stage) -> None:
    with qtbot.waitSignal(stage.window.sign_out_requested):
        stage.window.commands.run("sign_out")
    stage.window.show_sign_in(SignInState())
    with qtbot.assertNotEmitted(stage.window.sign_out_requested):
        stage.window.commands.run("sign_out")


def test_pages_are_made_when_they_are_first_shown(qtbot: "QtBot", theme: "Theme", stage: Stage) -> None:
    assert stage.window.page("settings") is None
    stage.window.commands.run("page.settings")
    assert stage.window.page("settings") is stage.settings
    assert stage.window.windowTitle() == "Settings – Rightful"


def test_who_is_signed_in_and_where_the_token_is(stage: Stage) -> None:
    """Issue 2 part 3: it says which."""
    from ui.shell import Shell  # the test's own: the shell is made late

    shell = stage.window.findChild(Shell)
    assert shell is not None
    words = [action.text() for action in shell._menu.actions()]
    assert {"Nadia Rahimi", "Agent", SHELL.token_home} <= set(words)
    assert name_of(shell.rail.identity) == "Signed in as Nadia Rahimi"


@pytest.mark.parametrize(
    "link",
    [
        LinkState("Connected", Tone.OK, "circle-check"),
        LinkState("Slow", Tone.WARN, "hourglass", "Nothing is lost."),
        LinkState("Offline", Tone.BAD, "wifi-off", "Trying again by itself."),
    ],
)
def test_the_state_of_the_connection_is_words_and_an_icon(stage: Stage, link: LinkState) -> None:
    from ui.top_bar import TopBar  # as above

    stage.window.show_shell(SHELL._replace(link=link))
    bar = stage.window.findChild(TopBar)
    assert bar is not None
    assert name_of(bar.link) == link.words
    assert bar.link.icon == link.icon
    assert link.detail in bar.link.toolTip()


def test_an_alarm_stands_above_every_page_and_is_announced(qtbot: "QtBot", stage: Stage) -> None:
    with qtbot.waitSignal(announcements.made) as made:
        stage.window.show_shell(SHELL._replace(alert="The audit log lost entries.", alert_tone=Tone.BAD))
    assert made.args == ["The audit log lost entries."]


def test_the_end_of_the_session_is_said_in_time_and_can_be_put_off(qtbot: "QtBot", stage: Stage) -> None:
    """X-09."""
    words = "You will be signed out at 14:45; what you typed is kept."
    with qtbot.waitSignal(announcements.made) as made:
        stage.window.show_shell(SHELL._replace(ending=words))
    assert made.args == [words]
    shell = stage.window.findChild(Shell)
    assert shell is not None
    with qtbot.waitSignal(stage.window.stay_requested):
        shell.stay.click()
    stage.window.show_shell(SHELL._replace(ending=words, can_stay=False))
    assert (shell.ending.isVisible(), shell.stay.isVisible()) == (True, False)
    stage.window.show_shell(SHELL)
    assert not shell.ending.isVisible()


class TestLook:
    @pytest.mark.parametrize("choice", CHOICES)
    def test_a_theme_is_chosen_by_command_and_remembered(self, qtbot: "QtBot", stage: Stage, choice: str) -> None:
        with qtbot.waitSignal(stage.window.look_chosen) as chosen:
            stage.window.commands.run(f"theme.{choice}")
        assert chosen.args == [choice, 100]
        assert look().scheme.name == ("light" if choice == "system" else choice)

    def test_text_grows_by_steps_and_stops(self, stage: Stage) -> None:
        for _ in range(9):
            stage.window.commands.run("text.larger")
        assert look().text_size == 2.0
        for _ in range(9):
            stage.window.commands.run("text.smaller")
        assert look().text_size == 1.0


class TestPanes:
    def test_f6_goes_round(self, stage: Stage) -> None:
        stage.show(desk(found()))
        seen = []
        for _ in range(5):
            stage.window.commands.run("next_pane")
            focused = stage.window.focusWidget()
            seen.append(next(name for name, pane in self.panes(stage).items() if pane.isAncestorOf(focused)))
        assert sorted(seen) == ["centre", "left", "rail", "right", "top"]

    @pytest.mark.parametrize(("width", "height"), [(1440, 900), (1000, 760), (560, 760)], ids=["three", "two", "tabs"])
    def test_whoever_opened_a_case_sees_the_look_up_and_its_result(self, stage: Stage, width: int, height: int) -> None:
        """X-06: at any width, with the focus in it; and the caller once there is one."""
        stage.window.resize(width, height)
        stage.show(desk(replace(case(), lookup="no_match")))
        look_up = stage.caller.case.look_up
        assert stage.window.focusWidget() is look_up.query
        for part in (look_up.query, look_up.go.button, look_up.result):
            assert not part.visibleRegion().isEmpty(), name_of(part)
            assert part.visibleRegion().boundingRect() == part.rect(), name_of(part)
        stage.show(desk(found()))
        assert not stage.caller.verify.visibleRegion().isEmpty()

    def panes(self, stage: Stage) -> dict[str, QWidget]:
        left, centre, right = stage.caller.panes.columns
        rail = next(w for w in stage.window.findChildren(QWidget) if type(w).__name__ == "Rail")
        top = next(w for w in stage.window.findChildren(QWidget) if type(w).__name__ == "TopBar")
        return {"rail": rail, "top": top, "left": left, "centre": centre, "right": right}


class TestFocusRing:
    """WCAG 2.2 2.4.7, 2.4.11 (X-03)."""

    def test_it_stands_round_what_tab_reaches(self, stage: Stage) -> None:
        stage.show(desk(case()))
        for _ in range(4):
            QTest.keyClick(stage.window.windowHandle(), Qt.Key.Key_Tab)
            settle()
            ring, focused = ring_of(stage.window), stage.window.focusWidget()
            assert ring.isVisible()
            inside = place_of(focused, stage.window).adjusted(3, 3, -3, -3)
            assert ring.geometry().contains(inside), name_of(focused)

    def test_a_click_on_a_button_shows_none_and_a_key_brings_it_back(self, stage: Stage) -> None:
        window = stage.window
        QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
        button = stage.caller.start.rows.row("case_1")
        assert button is not None
        button.open.setFocus(Qt.FocusReason.MouseFocusReason)
        settle()
        assert not ring_of(window).isVisible()
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
        settle()
        assert ring_of(window).isVisible()

    def test_a_field_shows_it_after_a_click_too(self, stage: Stage) -> None:
        QTest.mouseClick(stage.window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
        stage.caller.start.opening.reference.setFocus(Qt.FocusReason.MouseFocusReason)
        settle()
        assert ring_of(stage.window).isVisible()

    def test_it_follows_scrolling_and_goes_with_its_widget(self, stage: Stage) -> None:
        stage.window.resize(1440, 500)
        stage.show(desk(found()))
        button = stage.caller.deeds.rows.row("freeze")
        assert button is not None
        button.button.setFocus(Qt.FocusReason.TabFocusReason)
        column = stage.caller.panes.columns[2]
        column.ensureWidgetVisible(button.button)
        settle()
        ring = ring_of(stage.window)
        before = ring.geometry().center().y()
        bar = column.verticalScrollBar()
        bar.setValue(bar.value() + 20)
        settle()
        assert ring.geometry().center().y() == before - 20
        stage.show(desk())
        assert not ring.isVisible() or ring._target is QApplication.focusWidget()

    def test_it_ends_where_its_column_ends(self, stage: Stage) -> None:
        """What is half scrolled away has half a ring, and nothing else is drawn over."""
        stage.window.resize(1440, 500)
        stage.show(desk(found()))
        column = stage.caller.panes.columns[1]
        stage.caller.verify.towards.setFocus(Qt.FocusReason.TabFocusReason)
        settle()
        bar, field = column.verticalScrollBar(), stage.caller.verify.towards
        bar.setValue(bar.value() + field.mapTo(column.viewport(), QPoint(0, field.height() // 2)).y())
        settle()
        ring, port = ring_of(stage.window), place_of(column.viewport(), stage.window)
        assert ring.isVisible()
        assert ring.geometry().top() >= port.top() - 2 * look().scheme.ring

    @pytest.mark.parametrize("height", [900, 500])
    def test_where_typing_goes_on_is_in_sight(self, stage: Stage, height: int) -> None:
        """2.4.11: the caller was found, and the check to start is below the fold."""
        stage.window.resize(1000, height)
        stage.show(desk(case()))
        stage.show(desk(found()))
        settle()
        focused = stage.window.focusWidget()
        assert focused.visibleRegion().boundingRect() == focused.rect(), name_of(focused)
        assert ring_of(stage.window).isVisible()

    def test_it_survives_the_end_of_what_it_stood_round(self, stage: Stage) -> None:
        stage.show(desk(found()))
        stage.caller.owner.show_name.setFocus(Qt.FocusReason.TabFocusReason)
        stage.window.show_sign_in(SignInState())
        settle()
        QTest.keyClick(stage.window.windowHandle(), Qt.Key.Key_Tab)
        settle()
        assert ring_of(stage.window).isVisible()


def test_a_refused_command_says_why_in_a_toast(qtbot: "QtBot", stage: Stage) -> None:
    with qtbot.waitSignal(announcements.made) as made:
        stage.window.commands.run("check.next")
    assert made.args == ["Find the caller's account first."]
    toast = stage.window.findChild(Toast)
    assert toast is not None
    assert toast.isVisible()


def test_the_palette_opens_from_the_search_field(stage: Stage) -> None:
    from ui.top_bar import TopBar  # as above

    bar = stage.window.findChild(TopBar)
    assert bar is not None
    QTest.keyClick(bar.search, Qt.Key.Key_Return)
    settle()
    palette = stage.window.findChild(Palette)
    assert palette is not None
    assert palette.isVisible()


ENDING = "Nothing was asked for lately. You will be signed out at 14:45; what you typed is kept."


def test_staying_signed_in_takes_one_key(qtbot: "QtBot", stage: Stage) -> None:
    """X-02, X-09: the end of a session is put off without a mouse, wherever the focus is."""
    stage.window.show_shell(SHELL._replace(ending=ENDING, can_stay=True))
    with qtbot.waitSignal(stage.window.stay_requested):
        QTest.keyClick(
            stage.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )


def test_the_button_to_stay_is_reached_by_tab(qtbot: "QtBot", stage: Stage) -> None:
    stage.window.show_shell(SHELL._replace(ending=ENDING, can_stay=True))
    settle()
    seen: list[str] = []
    for _ in range(60):
        at = stage.window.focusWidget()
        seen.append(name_of(at))
        if seen[-1] == "Stay signed in":
            break
        QTest.keyClick(at, Qt.Key.Key_Tab)
    assert seen[-1] == "Stay signed in"
    with qtbot.waitSignal(stage.window.stay_requested):
        QTest.keyClick(stage.window.focusWidget(), Qt.Key.Key_Return)


@pytest.mark.parametrize("ending", ["", "This session has lasted as long as one may. It ends at 14:45."])
def test_where_nothing_can_be_put_off_the_key_says_so(qtbot: "QtBot", stage: Stage, ending: str) -> None:
    stage.window.show_shell(SHELL._replace(ending=ending))
    with qtbot.assertNotEmitted(stage.window.stay_requested), qtbot.waitSignal(stage.window.commands.refused):
        stage.window.commands.run("stay")
