"""Everything by the keyboard: the journeys press keys and nothing else, and the palette reaches what has no key."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.support.journey import Portal, Seat
from tests.ui.looking import name_of, settle

CONTROL = Qt.KeyboardModifier.ControlModifier

HANDS_ON = {"mouseClick", "mousePress", "mouseMove", "click", "animateClick", "emit", "trigger", "setFocus", "setText"}
"""Ways to make something happen that no key makes happen."""


def test_no_journey_touches_a_mouse() -> None:
    """X-01: neither the journeys nor the hands they work with reach past the keyboard."""
    folder = Path(__file__).parent
    modules = [*folder.glob("*.py"), folder.parent / "support" / "journey.py"]
    assert len(modules) > 8
    reached = [
        f"{module.name}:{node.lineno} {node.attr}"
        for module in modules
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in HANDS_ON
    ]
    assert reached == []


def test_a_command_is_found_by_name_and_run(seat: Seat, portal: Portal) -> None:
    """Ctrl+K, a few letters, Enter: what has no key of its own is two words away."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", portal.world.customer().account.customer_number)
    seat.press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    seat.type("write a note")
    seat.press(Qt.Key.Key_Return)
    seat.until(lambda: QApplication.activePopupWidget() is None)
    seat.type("found by name")
    assert seat.typed() == "found by name"


def _find(seat: Seat, words: str) -> None:
    """Ctrl+K, *words*, Enter."""
    seat.press(Qt.Key.Key_K, CONTROL)
    seat.type(words)
    seat.press(Qt.Key.Key_Return)


def test_an_account_is_frozen_by_the_word(seat: Seat, portal: Portal) -> None:
    """What can be done in a case is found by its name, and asks what the button asks."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", portal.world.customer().account.customer_number)
    _find(seat, "freeze")
    seat.hears("Nothing can be done with the account until a review.")
    seat.sees("Reason, for the record")
    seat.press(Qt.Key.Key_Return)
    seat.hears("Type a reason first.")
    _find(seat, "freeze")
    assert "account.frozen" not in portal.world.events()
    seat.type("Sounds scripted")
    seat.press(Qt.Key.Key_Return)
    seat.sees("What is being done")
    portal.work()
    seat.sees("Account frozen")
    assert portal.world.events().count("account.frozen") == 1


def test_what_is_found_by_name_does_what_its_button_does(seat: Seat, portal: Portal) -> None:
    """Start a check, call it off, ask to see a value, be told why not, and go back to my cases."""
    who = portal.world.customer(locked=True)
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", who.account.customer_number)
    _find(seat, "unlock")
    seat.hears("Not enough is proven yet")
    _find(seat, "sms")
    seat.sees("the caller reads it to you. Tries left: 5.")
    seat.until(lambda: name_of(seat.window.focusWidget()).startswith("Code that the caller reads out: Code by text"))
    _find(seat, "cancel")
    seat.sees("Cancelled.")
    _find(seat, "show name")
    seat.sees("Why must you see it?")
    seat.type("Spells it out")
    seat.press(Qt.Key.Key_Return)
    seat.sees(who.account.name)
    _find(seat, "my cases")
    seat.sees("Open a case")
    seat.until(lambda: name_of(seat.window.focusWidget()).startswith("Go on: "))
    seat.press(Qt.Key.Key_K, CONTROL)
    seat.type("unlock")
    seat.sees("No command has these letters.")
    assert who.account.name not in seat.everything()


def test_each_key_says_why_it_does_nothing_now(seat: Seat, portal: Portal) -> None:
    """A key that cannot act is not dumb: the reason is on the screen and in the ear."""
    seat.sign_in(*portal.badge(portal.world.person()))
    for key, why in (
        (Qt.Key.Key_F3, "Open a case first."),
        (Qt.Key.Key_F4, "Find the caller's account first."),
        (Qt.Key.Key_F7, "Find the caller's account first."),
        (Qt.Key.Key_F8, "Find the caller's account first."),
        (Qt.Key.Key_F9, "Open a case first."),
    ):
        seat.said.clear()
        seat.press(key)
        seat.sees(why)
        seat.hears(why)
    seat.open_case("T-1042", portal.world.customer().account.customer_number)
    for key, why in (
        (Qt.Key.Key_F3, "This case has its account."),
        (Qt.Key.Key_F7, "No check waits for a code that the caller reads out."),
        (Qt.Key.Key_F8, "Not enough is proven yet: it takes one proof."),
    ):
        seat.said.clear()
        seat.press(key)
        seat.hears(why)


@pytest.mark.parametrize("page", [Qt.Key.Key_2, Qt.Key.Key_Comma], ids=["audit log", "settings"])
def test_a_key_of_the_caller_page_works_where_its_work_is_seen(seat: Seat, portal: Portal, page: Qt.Key) -> None:
    """Nobody works blind: a check is not started, nor a note typed, behind another page."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", portal.world.customer().account.customer_number)
    for key, seen in ((Qt.Key.Key_F9, "Call note"), (Qt.Key.Key_F4, "Read this number to the caller")):
        seat.press(page, CONTROL)
        seat.no_longer_sees("Verify the caller")
        seat.press(key)
        seat.sees("Verify the caller", seen)
    seat.press(page, CONTROL)
    seat.press(Qt.Key.Key_F2)
    seat.sees("Open a case")


def test_the_palette_gives_the_focus_back(seat: Seat, portal: Portal) -> None:
    """Esc, and a command that moves no focus: typing goes on where it was."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", portal.world.customer().account.customer_number)
    seat.press(Qt.Key.Key_F9)
    seat.type("one")
    seat.press(Qt.Key.Key_K, CONTROL)
    seat.press(Qt.Key.Key_K, CONTROL)
    seat.type("larger")
    seat.press(Qt.Key.Key_Escape)
    seat.type(" two")
    assert seat.typed() == "one two"
    seat.press(Qt.Key.Key_K, CONTROL)
    seat.type("larger")
    seat.press(Qt.Key.Key_Return)
    settle()
    seat.type(" three")
    assert seat.typed() == "one two three"


def test_in_one_pane_the_focus_stays_where_it_is_seen(seat: Seat, portal: Portal) -> None:
    """A key that brings another pane, and is refused there, leaves the focus on that pane's tab."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", portal.world.customer().account.customer_number)
    seat.press(Qt.Key.Key_F9)
    seat.window.resize(340, 420)
    settle()
    seat.type("seen")
    assert seat.typed() == "seen"
    seat.press(Qt.Key.Key_F7)
    seat.sees("Verify the caller")
    assert name_of(seat.window.focusWidget()) == "The caller"
