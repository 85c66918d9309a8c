"""A bad line: the desktop says how well the service is heard, loses nothing, and does nothing twice."""

from PySide6.QtCore import Qt

from tests.support.journey import Portal, Seat
from tests.support.world import Customer


def _caller(seat: Seat, portal: Portal) -> Customer:
    who = portal.world.customer()
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", who.account.customer_number)
    return who


def test_what_happened_while_offline_is_there_once_the_line_is_back(seat: Seat, portal: Portal) -> None:
    """After every interruption, what is shown is read again."""
    _caller(seat, portal)
    seat.press(Qt.Key.Key_F4)
    number = seat.read_out()
    portal.work()
    seat.sees("Message sent: link for the caller, by text message.")
    seat.line.cut()
    seat.sees("Offline")
    assert "No connection: what you see may be out of date. Trying again by itself." in seat.everything()
    portal.send(portal.link("reverse_code_link"), decision="confirm", number=number)
    assert "check.passed" in portal.world.events()
    assert "Not proven yet" in seat.screen()
    seat.line.mend()
    seat.sees("Connected", "Enough is proven", "Passed. Counts until")


def test_what_was_asked_for_offline_is_said_and_can_be_asked_again(seat: Seat, portal: Portal) -> None:
    """Nothing is queued behind the agent's back, and a reference that was typed is not lost."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.line.cut()
    seat.sees("Offline")
    seat.type("T-1042")
    seat.press(Qt.Key.Key_Return)
    seat.sees("Opening…")
    seat.sees("The service cannot be reached. Trying again is safe: it happens once.")
    seat.hears("The service cannot be reached.")
    assert seat.typed() == "T-1042"
    assert "case.opened" not in portal.world.events()
    seat.line.mend()
    seat.sees("Connected")
    seat.press(Qt.Key.Key_Return)
    seat.sees("Find the account")
    assert portal.world.events().count("case.opened") == 1


def test_a_lost_answer_is_asked_for_again_and_nothing_happens_twice(seat: Seat, portal: Portal) -> None:
    """Invariant 13: the same key, the same answer, one message."""
    who = _caller(seat, portal)
    seat.line.lose_one_answer()
    seat.press(Qt.Key.Key_F4)
    seat.until(lambda: sum(sent.endswith("/checks") for sent in seat.line.sent) == 2)
    seat.sees("A link is on its way.")
    portal.work()
    assert portal.world.events().count("check.started") == 1
    assert portal.told("reverse_code_link") == [who.phone.value if who.phone else ""]


def test_a_slow_service_is_called_slow_and_the_button_waits(seat: Seat, portal: Portal) -> None:
    """What is under way is marked, is not asked for twice, and arrives."""
    _caller(seat, portal)
    seat.line.hold()
    seat.press(Qt.Key.Key_F4)
    seat.sees("Slow")
    seat.press(Qt.Key.Key_F4)
    seat.sees("Starting…")
    seat.line.release()
    seat.sees("Connected", "A link is on its way.")
    seat.no_longer_sees("Slow")
    assert portal.world.events().count("check.started") == 1
