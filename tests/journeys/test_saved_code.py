"""A saved recovery code, read aloud as it is printed, to the end of an authenticator reset."""

import base64
import re
from datetime import timedelta

from PySide6.QtCore import Qt

from services.domain.masking import mask_email
from services.domain.one_time import TotpKey, grouped
from services.secret import Secret
from services.usecases import timers
from tests.support.journey import Portal, Seat
from tests.support.world import PASSWORD

COOLING = timedelta(minutes=15)
SECRET = re.compile(r"secret=([A-Z2-7]+)")
SEALED = re.compile(r'name="enrolment" value="([^"]+)"')
"""In the address that the owner's authenticator app opens."""


def test_a_saved_code_is_typed_as_it_is_read_and_the_authenticator_is_replaced(seat: Seat, portal: Portal) -> None:
    """28 letters and digits in groups of four: what the caller reads is what the agent types (X-11)."""
    world = portal.world
    who = world.customer(totp=True, codes=True)
    assert who.email is not None
    seat.sign_in(*portal.badge(world.person()))
    seat.open_case("T-1042", who.account.customer_number)
    seat.go_to(f"Send reset link, {mask_email(who.email.value)}")
    seat.press(Qt.Key.Key_Down)
    seat.sees("Reset authenticator takes two independent proofs.", "A saved recovery code")
    _prove_the_phone(seat, portal)
    _read_a_saved_code(seat, grouped(who.codes[0].reveal()))
    assert "check.failed" not in world.events()

    seat.press(Qt.Key.Key_F8)
    seat.press(Qt.Key.Key_Return)
    seat.sees("Waiting out the delay")
    portal.work()
    portal.later(COOLING - timedelta(minutes=5))
    seat.press(Qt.Key.Key_F9)
    seat.type("Waits on the line.")
    seat.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    seat.sees("Note added.")
    portal.later(timedelta(minutes=5))
    timers.settle_due(world.service)
    portal.work()
    seat.sees("With the owner", "Authenticator taken out of use; it waits to be replaced", "Set-up link sent")
    _set_up_anew(portal)
    seat.sees("Owner set up an authenticator. The owner.", "Case resolved: the owner is back in.")


def _prove_the_phone(seat: Seat, portal: Portal) -> None:
    seat.press(Qt.Key.Key_F4)
    number = seat.read_out()
    seat.sees("Waiting for: number read to the caller", "Next: recovery code, about 1 minute.")
    seat.press(Qt.Key.Key_F4)
    seat.hears("Waiting for: number read to the caller")
    assert portal.world.events().count("check.started") == 1
    portal.work()
    portal.send(portal.link("reverse_code_link"), decision="confirm", number=number)
    seat.sees("Passed. Counts until")


def _read_a_saved_code(seat: Seat, printed: str) -> None:
    seat.press(Qt.Key.Key_F4)
    seat.sees("The caller reads one of the codes they saved", "Tries left: 5.")
    seat.press(Qt.Key.Key_F7)
    seat.type(printed.lower().replace("-", " "), callers_words=True)
    assert seat.typed() == printed
    seat.press(Qt.Key.Key_Return)
    seat.sees("Right. This counts now.", "Enough is proven")


def _set_up_anew(portal: Portal) -> None:
    link = portal.link("enrolment_link")
    shown = portal.request("POST", link, data={"password": PASSWORD}).text
    found, sealed = SECRET.search(shown), SEALED.search(shown)
    assert found is not None
    assert sealed is not None
    key = TotpKey(Secret(base64.b32decode(found[1])))
    page = portal.send(link, enrolment=sealed[1], number=portal.world.totp(key))
    assert "recovery code" in page.text.lower(), page.text
