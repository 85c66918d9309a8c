"""Everything by the keyboard: the journeys press keys and nothing else, and the palette reaches what has no key."""

import ast
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.support.journey import Portal, Seat

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
