"""Without eyes: what changes by itself is said aloud, once, and everything that takes the focus has a name."""

from PySide6.QtCore import Qt

from tests.support.journey import READ_OUT, Portal, Seat
from tests.ui.looking import controls, mislabelled, name_of, settle, unnamed

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_a_check_that_passes_is_announced_where_the_agent_is_doing_something_else(seat: Seat, portal: Portal) -> None:
    """WCAG 2.2 4.1.3, X-13: heard without the focus moving, and not again with each tick of the clock."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", portal.world.customer().account.customer_number)
    seat.press(Qt.Key.Key_F4)
    number = seat.read_out()
    seat.hears("Number read to the caller", "Waiting")
    portal.work()
    seat.press(Qt.Key.Key_F9)
    at = seat.window.focusWidget()
    seat.said.clear()
    portal.send(portal.link("reverse_code_link"), decision="confirm", number=number)
    seat.hears("Number read to the caller", "Passed")
    seat.sees("Enough is proven")
    portal.work()
    settle()
    assert seat.window.focusWidget() is at
    assert sum("Passed" in said for said in seat.said) == 1


def test_every_stop_of_a_recovery_is_announced(seat: Seat, portal: Portal) -> None:
    """From what an action will do to the owner's last step, by ear alone."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", portal.world.customer().account.customer_number)
    seat.press(Qt.Key.Key_F4)
    number = seat.read_out()
    portal.work()
    portal.send(portal.link("reverse_code_link"), decision="confirm", number=number)
    seat.sees("Enough is proven")
    seat.press(Qt.Key.Key_F8)
    seat.hears("The owner gets a link and sets a new password themselves.")
    seat.press(Qt.Key.Key_Return)
    seat.sees("What is being done", "Under way")
    portal.work()
    seat.hears("Send reset link: With the owner")
    words = "a quiet harbour in the rain"
    portal.send(portal.link("reset_link"), password=words, repeat=words)
    seat.hears("Send reset link: Done")
    seat.hears("This case is resolved: nothing more can be done in it.")


def test_every_page_can_be_used_without_seeing_it(seat: Seat, portal: Portal) -> None:
    """WCAG 2.2 4.1.2 and 2.5.3, X-08, X-12, on the real pages with real words, at every stop of a case."""

    def lint(where: str) -> None:
        settle()
        assert len(controls(seat.window)) > 3, where
        assert unnamed(seat.window) == [], where
        assert mislabelled(seat.window) == [], where

    lint("signing in")
    seat.sign_in(*portal.badge(portal.world.person()))
    lint("no case")
    who = portal.world.customer(totp=True, codes=True, locked=True)
    seat.open_case("T-1042", who.account.customer_number)
    lint("account found")
    seat.choose("Show e-mail on file")
    seat.choose("Start: Code from authenticator app")
    seat.sees("The caller reads the code that their app shows now. Tries left: 5.")
    seat.press(Qt.Key.Key_F4)
    seat.choose("Freeze: Freeze account")
    lint("everything open")
    for key, words in ((Qt.Key.Key_2, "What this desktop knows"), (Qt.Key.Key_Comma, "This desktop")):
        seat.press(key, CONTROL)
        seat.sees(words)
        lint(words)
    seat.press(Qt.Key.Key_1, CONTROL)
    seat.press(Qt.Key.Key_K, CONTROL)
    lint("command palette")


def test_what_the_owner_does_on_their_page_is_heard(seat: Seat, portal: Portal) -> None:
    """The page is opened, and a wrong number is typed there: said, and the tries that are left stand in the row."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", portal.world.customer().account.customer_number)
    seat.press(Qt.Key.Key_F9)
    seat.press(Qt.Key.Key_F4)
    number = seat.read_out()
    assert name_of(seat.window.focusWidget()) == READ_OUT + " ".join(number), "wherever the focus was"
    portal.work()
    seat.said.clear()
    portal.page(portal.link("reverse_code_link"))
    seat.hears("Number read to the caller", "The page is open.", "Tries left: 5.")
    wrong = f"{(int(number) + 1) % 1_000_000:06}"
    portal.send(portal.link("reverse_code_link"), decision="confirm", number=wrong)
    seat.hears("Number read to the caller", "That was not the number.", "Tries left: 4.")
    seat.sees("That was not the number. Read it out again", "Tries left: 4.")


def test_what_is_shown_in_clear_is_heard_and_has_the_focus(seat: Seat, portal: Portal) -> None:
    """A revealed value; and where the service is away, the reason that was typed is still there."""
    who = portal.world.customer()
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", who.account.customer_number)
    seat.choose("Show name")
    seat.type("Spells it out")
    seat.line.cut()
    seat.sees("Offline")
    seat.press(Qt.Key.Key_Return)
    seat.sees("Trying again is safe")
    assert seat.typed() == "Spells it out"
    seat.line.mend()
    seat.sees("Connected")
    seat.press(Qt.Key.Key_Return)
    seat.hears(f"Name: {who.account.name}")
    seat.no_longer_sees("Why must you see it?")
    assert name_of(seat.window.focusWidget()) == who.account.name


def test_a_freeze_is_one_sentence(seat: Seat, portal: Portal) -> None:
    """Not one for each method that cannot be used any more."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", portal.world.customer(totp=True, codes=True).account.customer_number)
    seat.choose("Start: Number read to the caller, link by text message")
    seat.sees("A link is on its way.")
    portal.work()
    seat.said.clear()
    portal.send(portal.link("reverse_code_link"), decision="not_me")
    seat.hears("This case is frozen")
    seat.sees("Account frozen")
    settle()
    assert len(seat.said) == 1, seat.said


def test_an_action_that_waits_is_heard_to_begin(seat: Seat, portal: Portal) -> None:
    """A cooling-off begins; what a case had when it was opened is no news."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", portal.world.customer().account.customer_number)
    seat.press(Qt.Key.Key_F4)
    number = seat.read_out()
    portal.work()
    portal.send(portal.link("reverse_code_link"), decision="confirm", number=number)
    seat.sees("Enough is proven")
    seat.press(Qt.Key.Key_F8)
    seat.press(Qt.Key.Key_Return)
    seat.hears("Send reset link: Under way")
    seat.press(Qt.Key.Key_F2)
    seat.sees("Open a case")
    seat.said.clear()
    seat.go_on("T-1042")
    seat.sees("What is being done")
    settle()
    assert not [said for said in seat.said if said.startswith("Send reset link: Under way")]
