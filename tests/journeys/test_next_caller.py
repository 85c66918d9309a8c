"""The next caller never sees the last caller's: not on the screen, not behind it, and not by Ctrl+Z."""

from PySide6.QtCore import Qt

from tests.support.journey import Portal, Seat
from tests.support.world import Customer
from tests.ui.looking import settle

CONTROL = Qt.KeyboardModifier.ControlModifier
WHY = "The caller spells it out"
NOTE = "Sounded out of breath"


def _work_on(seat: Seat, who: Customer) -> list[str]:
    """See all there is to see of a caller, and leave things half done. Returns what must not stay."""
    assert who.email is not None
    seat.open_case("T-1001", who.email.value)
    for field in ("Show e-mail on file", "Show name"):
        seat.choose(field)
        seat.type(WHY)
        seat.press(Qt.Key.Key_Return)
        seat.no_longer_sees("Why must you see it?")
    seat.sees(who.email.value, who.account.name)
    seat.press(Qt.Key.Key_F9)
    seat.type(NOTE)
    seat.choose("Show phone on file")
    seat.type(WHY)
    seat.choose("Freeze: Freeze account")
    seat.sees("Reason, for the record")
    seat.go_to("Reason, for the record")
    seat.type(WHY)
    held = seat.everything()
    gone = [who.email.value, who.account.name, who.account.customer_number, NOTE, WHY]
    assert [one for one in gone if one not in held] == []
    return gone


def test_nothing_of_a_caller_stays_for_the_next(seat: Seat, portal: Portal) -> None:
    """A-51, and a slip that would freeze the wrong account: an open question is not carried over."""
    world = portal.world
    first, second = world.customer(), world.customer()
    seat.sign_in(*portal.badge(world.person()))
    gone = _work_on(seat, first)
    seat.press(Qt.Key.Key_F2)
    seat.sees("Open a case", "Unsent note.")
    settle()
    held = seat.everything()
    assert [one for one in gone if one in held] == []

    seat.open_case("T-1002", second.account.customer_number)
    settle()
    held = seat.everything()
    assert [one for one in gone if one in held] == []
    assert "Reason, for the record" not in seat.screen()
    assert "Why must you see it?" not in seat.screen()
    assert world.events().count("account.revealed") == 2
    assert "account.frozen" not in world.events()


def test_undo_brings_no_words_of_the_last_caller_back(seat: Seat, portal: Portal) -> None:
    """A field that was emptied keeps no history of what stood in it."""
    world = portal.world
    first, second = world.customer(), world.customer()
    seat.sign_in(*portal.badge(world.person()))
    _work_on(seat, first)
    seat.press(Qt.Key.Key_F2)
    seat.sees("Open a case")
    _undo(seat)
    assert seat.typed() == ""
    seat.type("T-1002")
    seat.press(Qt.Key.Key_Return)
    seat.sees("Find the account")
    _undo(seat)
    assert seat.typed() == ""
    seat.type(second.account.customer_number)
    seat.press(Qt.Key.Key_Return)
    seat.sees("Verify the caller")
    seat.press(Qt.Key.Key_F9)
    _undo(seat)
    assert seat.typed() == ""
    seat.choose("Show e-mail on file")
    _undo(seat)
    assert seat.typed() == ""
    seat.choose("Freeze: Freeze account")
    seat.go_to("Reason, for the record")
    _undo(seat)
    assert seat.typed() == ""


def _undo(seat: Seat) -> None:
    for _ in range(3):
        seat.press(Qt.Key.Key_Z, CONTROL)
