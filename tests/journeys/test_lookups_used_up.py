"""Look-ups are few: a held key takes one of them, and when none is left the page says so and what to do."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from tests.support.journey import Portal, Seat

NOBODY = "nobody@postbox.example"
HELD = 30
"""How often a keyboard repeats a key within a second."""


def _hold_enter(seat: Seat) -> None:
    """Press Enter and rest the finger on it."""
    seat.press(Qt.Key.Key_Return)
    nothing = Qt.KeyboardModifier.NoModifier
    for _ in range(HELD):
        repeated = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, nothing, "\r", autorep=True)
        QApplication.sendEvent(seat.window.focusWidget(), repeated)


def test_a_held_key_looks_up_once_and_the_last_one_is_said_to_be_the_last(seat: Seat, portal: Portal) -> None:
    """A-05; a resting button says why, and the timeline holds no refusals that nobody asked for."""
    world = portal.world
    seat.sign_in(*portal.badge(world.person()))
    seat.type("T-1042")
    seat.press(Qt.Key.Key_Return)
    seat.sees("Find the account")
    seat.type(NOBODY)
    most = world.service.policy.lookups_per_case
    for left in range(most - 1, 0, -1):
        _hold_enter(seat)
        seat.hears(f"No match. Look-ups left: {left}.")
        seat.sees(f"Look-ups left in this case: {left}")
    _hold_enter(seat)
    seat.sees("No look-ups left. Close this case. If the call goes on, open another.")
    assert seat.said.count("No match.") == 1
    assert "Check the spelling" not in seat.screen()
    seat.said.clear()
    _hold_enter(seat)
    seat.hears("No look-ups left. Close this case.")
    assert len(seat.said) == 1
    assert world.events().count("lookup.unmatched") == most
    assert "staff.refused" not in world.events()
