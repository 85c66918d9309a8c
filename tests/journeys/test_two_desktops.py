"""Two desktops at one account: one wins, the other is told, and sees how it is now."""

from datetime import timedelta

from PySide6.QtCore import Qt

from tests.journeys.conftest import MakeSeat
from tests.support.journey import Portal, Seat
from tests.support.world import Customer

STALE = "The case changed a moment ago. Look again, then decide."


def _prove(seat: Seat, portal: Portal) -> None:
    seat.press(Qt.Key.Key_F4)
    number = seat.read_out()
    portal.work()
    portal.send(portal.link("reverse_code_link"), decision="confirm", number=number)
    seat.sees("Enough is proven")


def test_who_decides_on_an_old_card_is_told_and_shown_the_new_one(sit_down: MakeSeat, portal: Portal) -> None:
    """C-TA-06: an agent at two desks; the second has not heard of what the first did."""
    ada, who = portal.world.person(), portal.world.customer()
    first = sit_down("first")
    first.sign_in(*portal.badge(ada))
    first.open_case("T-1042", who.account.customer_number)
    _prove(first, portal)
    portal.later(timedelta(seconds=30))
    second = sit_down("second")
    second.sign_in(*portal.badge(ada))
    second.go_on("T-1042")
    second.sees("Enough is proven")

    second.line.hush()
    first.choose("Start: Code by e-mail")
    first.sees("We e-mail a code; the caller reads it to you. Tries left: 5.")
    second.press(Qt.Key.Key_F8)
    second.sees("Reason, for the record (may stay empty)")
    second.press(Qt.Key.Key_Return)
    second.sees(STALE, "We e-mail a code; the caller reads it to you. Tries left: 5.")
    second.hears(STALE)
    assert "action.requested" not in portal.world.events()
    second.press(Qt.Key.Key_F8)
    second.press(Qt.Key.Key_Return)
    second.sees("What is being done", "Under way")
    first.sees("What is being done", "Under way")
    assert portal.world.events().count("action.requested") == 1


def test_two_agents_cannot_do_the_same_thing_to_one_account(sit_down: MakeSeat, portal: Portal) -> None:
    """The second is refused with the reason, and their card is read again: what it offered was out of date."""
    who = portal.world.customer()
    first, second = (_proven(sit_down(name), portal, who) for name in ("first", "second"))
    second.line.hush()
    first.press(Qt.Key.Key_F8)
    first.press(Qt.Key.Key_Return)
    first.sees("What is being done", "Under way")
    second.press(Qt.Key.Key_F8)
    second.press(Qt.Key.Key_Return)
    second.sees("This is under way already.")
    second.until(lambda: second.screen().count("This is under way already.") == 2)
    assert portal.world.events().count("action.requested") == 1
    assert "staff.refused" in portal.world.events()


def _proven(seat: Seat, portal: Portal, who: Customer) -> Seat:
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", who.account.customer_number)
    _prove(seat, portal)
    return seat
