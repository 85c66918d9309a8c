"""What was said about one thing does not stand beside the next: not another caller's case, page or session."""

from PySide6.QtCore import Qt

from tests.support.journey import Portal, Seat

CONTROL = Qt.KeyboardModifier.ControlModifier


def _open_case(seat: Seat, portal: Portal, reference: str = "T-1001") -> None:
    seat.open_case(reference, portal.world.customer().account.customer_number)


def _give_a_wrong_code(seat: Seat) -> None:
    seat.choose("Start: Code by text message")
    seat.sees("Tries left: 5.")
    seat.press(Qt.Key.Key_F7)
    seat.type("000000")
    seat.press(Qt.Key.Key_Return)
    seat.sees("Wrong code. Tries left: 4.")


def test_what_was_said_about_a_case_is_gone_with_it(seat: Seat, portal: Portal) -> None:
    """A-51: on the start page and in the next case."""
    seat.sign_in(*portal.badge(portal.world.person()))
    _open_case(seat, portal)
    _give_a_wrong_code(seat)
    seat.press(Qt.Key.Key_F2)
    seat.sees("Open a case")
    seat.no_longer_sees("Wrong code.")
    _open_case(seat, portal, "T-1002")
    seat.press(Qt.Key.Key_F9)
    seat.type("Calls back")
    seat.press(Qt.Key.Key_Return, CONTROL)
    seat.sees("Note added.")
    seat.press(Qt.Key.Key_F2)
    seat.sees("Open a case")
    assert "Note added." not in seat.screen()


def test_that_a_case_was_closed_is_said_where_it_is_gone(seat: Seat, portal: Portal) -> None:
    """The one thing about a case that is to be read after it."""
    seat.sign_in(*portal.badge(portal.world.person()))
    _open_case(seat, portal)
    seat.press(Qt.Key.Key_W, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    seat.sees("Open a case", "Case closed.")


def test_a_refusal_of_one_case_does_not_lie_over_the_next(seat: Seat, portal: Portal) -> None:
    """In passing, too: what was said at the foot of the window is gone when another is shown."""
    seat.sign_in(*portal.badge(portal.world.person()))
    _open_case(seat, portal)
    seat.press(Qt.Key.Key_F8)
    seat.sees("Not enough is proven yet: it takes one proof.")
    seat.press(Qt.Key.Key_F2)
    seat.sees("Open a case")
    seat.press(Qt.Key.Key_F8)
    seat.sees("Find the caller's account first.")
    seat.go_on("T-1001")
    seat.no_longer_sees("Find the caller's account first.")


def test_no_refusal_outlives_the_session(seat: Seat, portal: Portal) -> None:
    """What was missing of a caller's proof is nothing for whoever signs in next."""
    me = portal.world.person()
    seat.sign_in(*portal.badge(me))
    _open_case(seat, portal)
    seat.press(Qt.Key.Key_F7)
    seat.sees("No check waits for a code that the caller reads out.")
    portal.end_sessions_of(me)
    seat.sees("Sign in", "Password")
    assert "No check waits" not in seat.screen()


def test_the_next_command_takes_the_last_ones_refusal_away(seat: Seat, portal: Portal) -> None:
    """A refusal that is answered by another key does not stay on."""
    seat.sign_in(*portal.badge(portal.world.person()))
    _open_case(seat, portal)
    seat.press(Qt.Key.Key_F7)
    seat.sees("No check waits for a code that the caller reads out.")
    seat.press(Qt.Key.Key_F9)
    seat.no_longer_sees("No check waits for a code that the caller reads out.")
