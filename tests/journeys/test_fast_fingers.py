"""Enter pressed twice: the second lands on nothing that was not asked about."""

from PySide6.QtCore import Qt

from tests.support.journey import Portal, Seat
from tests.support.world import Customer
from tests.ui.looking import name_of, settle


def _prove(seat: Seat, portal: Portal, who: Customer) -> None:
    """Open a case of theirs, and have enough proof in it for a reset link: beside an app, its code too (N-REC-15)."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", who.account.customer_number)
    seat.choose("Start: Number read to the caller, link by text message")
    number = seat.read_out()
    portal.work()
    portal.send(portal.link("reverse_code_link"), decision="confirm", number=number)
    if who.key is not None:
        seat.sees("Passed. Counts until", "Next: code from authenticator app")
        seat.press(Qt.Key.Key_F4)
        seat.sees("Tries left: 5.")
        seat.press(Qt.Key.Key_F7)
        seat.type(portal.world.totp(who.key), callers_words=True)
        seat.press(Qt.Key.Key_Return)
    seat.sees("Enough is proven")


def test_a_double_enter_asks_about_no_other_action(seat: Seat, portal: Portal) -> None:
    """Whatever comes of the first, the focus is not on a neighbour's button, and no question is open."""
    _prove(seat, portal, portal.world.customer(totp=True, codes=True))
    seat.press(Qt.Key.Key_F8)
    seat.hears("The owner gets a link")
    seat.said.clear()
    for _ in range(2):
        seat.press(Qt.Key.Key_Return)
    seat.sees("What is being done", "This is under way already.")
    settle()
    assert not [said for said in seat.said if "sets a new password themselves" in said], "no second question"
    assert name_of(seat.window.focusWidget()) == "Send: Send reset link"
    assert portal.world.events().count("action.requested") == 1


def test_the_focus_of_an_action_that_is_gone_is_on_what_is_being_done(seat: Seat, portal: Portal) -> None:
    """An unlock is over at once and offered no more: two more Enters do nothing to the row that comes next."""
    _prove(seat, portal, portal.world.customer(locked=True))
    seat.choose("Unlock: Unlock account")
    seat.hears("The owner can sign in again with what they have.")
    for _ in range(2):
        seat.press(Qt.Key.Key_Return)
    seat.sees("What is being done")
    portal.work()
    seat.no_longer_sees("Unlock: Unlock account")
    settle()
    assert name_of(seat.window.focusWidget()) == "What is being done"
    for _ in range(2):
        seat.press(Qt.Key.Key_Return)
    settle()
    assert portal.world.events().count("action.requested") == 1


def test_escape_means_not_now(seat: Seat, portal: Portal) -> None:
    """The question of an action, and of a masked field, is put away; the focus is where it was asked for."""
    _prove(seat, portal, portal.world.customer())
    seat.press(Qt.Key.Key_F8)
    seat.sees("Not now")
    seat.press(Qt.Key.Key_Escape)
    seat.no_longer_sees("Not now")
    assert name_of(seat.window.focusWidget()) == "Send: Send reset link"
    seat.choose("Show e-mail on file")
    seat.sees("Why must you see it?")
    seat.press(Qt.Key.Key_Escape)
    seat.no_longer_sees("Why must you see it?")
    assert name_of(seat.window.focusWidget()).startswith("Show e-mail on file, a")
    assert "action.requested" not in portal.world.events()
    assert "account.revealed" not in portal.world.events()


def test_what_is_typed_while_a_case_opens_is_looked_up_whole(seat: Seat, portal: Portal) -> None:
    """The reference is sent, and the caller's words follow at once: their first letters are part of them."""
    who = portal.world.customer()
    assert who.email is not None
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.line.hold()
    seat.type("T-1042")
    seat.press(Qt.Key.Key_Return)
    settle()
    seat.type(who.email.value[:5])
    seat.line.release()
    seat.sees("Find the account", "Look-ups left in this case")
    seat.type(who.email.value[5:])
    assert seat.typed() == who.email.value
    seat.press(Qt.Key.Key_Return)
    seat.sees("Verify the caller", "Phone call, T-1042.")
    seat.press(Qt.Key.Key_F2)
    seat.sees("Open a case")
    assert seat.typed() == ""
