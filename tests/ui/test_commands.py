"""Commands: one registry, unique shortcuts, and a reason for every one that cannot be run now."""

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow

from tests.ui.looking import settle
from ui.commands import CASE, CATALOGUE, Command, Commands, matching
from ui.widgets.announcer import announcements
from ui.widgets.key_hint import native
from ui.widgets.palette import Palette

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ui.theme import Theme


@pytest.fixture
def window(qtbot: "QtBot", theme: "Theme") -> QMainWindow:
    made = QMainWindow()
    made.setCentralWidget(QLineEdit())
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    settle()
    return made


@pytest.fixture
def commands(window: QMainWindow) -> Commands:
    return Commands(window)


@pytest.fixture
def palette(window: QMainWindow, commands: Commands) -> Palette:
    for command in CATALOGUE:
        commands.connect_to(command.id, lambda: None)
    return Palette(window, commands)


def press(window: QMainWindow, key: Qt.Key) -> None:
    focused = window.focusWidget()
    QTest.keyClick(focused, key)
    settle()


class TestRegistry:
    def test_shortcuts_are_unique_real_and_never_a_single_letter(self) -> None:
        """WCAG 2.2 2.1.4 (X-02)."""
        shortcuts = [command.shortcut for command in CATALOGUE if command.shortcut]
        assert len(shortcuts) == len(set(shortcuts))
        assert all(QKeySequence(shortcut).count() == 1 for shortcut in shortcuts)
        assert not [shortcut for shortcut in shortcuts if len(shortcut) == 1]

    def test_ids_and_titles_are_unique(self) -> None:
        assert len({command.id for command in CATALOGUE}) == len(CATALOGUE)
        assert len({(command.section, command.title) for command in CATALOGUE}) == len(CATALOGUE)

    def test_a_shortcut_runs_its_command(self, qtbot: "QtBot", window: QMainWindow, commands: Commands) -> None:
        done: list[str] = []
        commands.connect_to("case.new", lambda: done.append("new"))
        press(window, Qt.Key.Key_F2)
        assert done == ["new"]

    def test_a_command_that_cannot_be_run_says_why(self, qtbot: "QtBot", commands: Commands) -> None:
        done: list[str] = []
        commands.connect_to("case.close", lambda: done.append("closed"))
        commands.allow("case.close", "There is no case.")
        with qtbot.waitSignal(commands.refused) as refused:
            commands.run("case.close")
        assert refused.args == ["There is no case."]
        assert done == []
        commands.allow("case.close")
        commands.run("case.close")
        assert done == ["closed"]

    def test_only_what_something_stands_behind_is_offered(self, commands: Commands) -> None:
        assert commands.offers() == ()
        commands.connect_to("help", lambda: None)
        assert [command.id for command in commands.offers()] == ["help"]

    def test_there_is_no_command_outside_the_catalogue(self, commands: Commands) -> None:
        with pytest.raises(KeyError):
            commands.connect_to("rm -rf", lambda: None)

    def test_what_is_offered_for_the_moment_is_run_rests_and_goes(
        self, qtbot: "QtBot", window: QMainWindow, commands: Commands
    ) -> None:
        done: list[str] = []
        freeze, unlock = Command("run:freeze", "Freeze", CASE, "x"), Command("run:unlock", "Unlock", CASE, "x")
        resting = unlock._replace(enabled=False, why_not="Not enough is proven yet.")
        with qtbot.waitSignal(commands.changed):
            commands.offer([(freeze, lambda: done.append("frozen")), (resting, lambda: done.append("unlocked"))])
        assert commands.offers() == (freeze, resting)
        commands.run("run:freeze")
        with qtbot.waitSignal(commands.refused) as refused:
            commands.run("run:unlock")
        assert refused.args == ["Not enough is proven yet."]
        commands.keep_only(commands.ids())
        commands.run("run:freeze")
        assert (commands.offers(), done) == ((), ["frozen"])


class TestMatching:
    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("aud", "page.audit"),
            ("log", "page.audit"),
            ("sign", "sign_out"),
            ("hig con", "theme.contrast"),
            ("cntrast", "theme.contrast"),
            ("look an", "case.look_up"),
            ("LARGER", "text.larger"),
            ("log out", "sign_out"),
            ("my cases", "case.mine"),
            ("help", "help"),
            ("zoom", "text.larger"),
        ],
    )
    def test_a_few_letters_find_it(self, typed: str, first: str) -> None:
        assert matching(CATALOGUE, typed)[0].id == first

    def test_nothing_typed_is_everything_in_order(self) -> None:
        assert matching(CATALOGUE, "  ") == CATALOGUE

    def test_letters_far_apart_are_no_match(self) -> None:
        assert matching(CATALOGUE, "xq") == ()
        assert "help" not in {command.id for command in matching(CATALOGUE, "kaue")}


class TestPalette:
    def test_by_keyboard_alone(self, window: QMainWindow, palette: Palette) -> None:
        ran: list[str] = []
        palette.commands.ran.connect(ran.append)
        palette.open()
        settle()
        assert palette.field.hasFocus()
        QTest.keyClicks(palette.field, "text")
        press(window, Qt.Key.Key_Down)
        press(window, Qt.Key.Key_Return)
        assert ran == ["text.smaller"]
        assert not palette.isVisible()

    def test_escape_closes_it(self, window: QMainWindow, palette: Palette) -> None:
        palette.open()
        press(window, Qt.Key.Key_Escape)
        assert not palette.isVisible()

    def test_it_goes_when_the_focus_goes(self, window: QMainWindow, palette: Palette) -> None:
        palette.open()
        somewhere_else = window.findChild(QLineEdit)
        assert somewhere_else is not None
        somewhere_else.setFocus()
        settle()
        assert not palette.isVisible()

    def test_what_is_chosen_is_announced_with_its_reason(self, qtbot: "QtBot", palette: Palette) -> None:
        palette.commands.allow("case.close", "There is no case.")
        palette.open()
        with qtbot.waitSignal(announcements.made) as made:
            palette.field.setText("close the case")
        assert made.args == [f"Close the case, Caller, {native('Ctrl+Shift+W')}, There is no case."]

    def test_enter_never_means_the_neighbour_of_what_was_chosen(self, window: QMainWindow, palette: Palette) -> None:
        """What can be done changes while the list is open: what was chosen stays chosen, or nothing is."""
        ran: list[str] = []
        palette.commands.ran.connect(ran.append)
        one, two = ((Command(f"run:{name}", f"Zebra {name}", CASE, "x"), lambda: None) for name in ("one", "two"))
        palette.commands.offer([two])
        palette.open()
        QTest.keyClicks(palette.field, "zebra")
        palette.commands.offer([one, two])
        press(window, Qt.Key.Key_Return)
        assert ran == ["run:two"]
        palette.open()
        QTest.keyClicks(palette.field, "zebra")
        palette.commands.offer([two])
        press(window, Qt.Key.Key_Return)
        assert ran == ["run:two"]
        assert palette.isVisible()

    def test_what_could_be_done_for_the_last_caller_is_not_kept_out_of_sight(
        self, window: QMainWindow, palette: Palette
    ) -> None:
        palette.commands.offer([(Command("show:x", "Show phone on file, +44 0001", CASE, "eye"), lambda: None)])
        palette.open()
        press(window, Qt.Key.Key_Escape)
        palette.commands.offer(())
        assert palette.list.count() == 0

    def test_no_match_teaches(self, palette: Palette) -> None:
        palette.open()
        palette.field.setText("zzzz")
        settle()
        assert palette.nothing.isVisible()
        assert not palette.list.isVisible()

    def test_it_stays_in_a_small_window(self, window: QMainWindow, palette: Palette) -> None:
        palette.open()
        window.resize(344, 420)
        settle()
        assert window.rect().contains(palette.geometry())


@pytest.mark.parametrize(("shortcut", "shown"), [("Ctrl+K", "Ctrl K"), ("Ctrl++", "Ctrl +"), ("F1", "F1")])
def test_a_shortcut_is_written_as_this_system_does(shortcut: str, shown: str) -> None:
    assert native(shortcut) == shown
