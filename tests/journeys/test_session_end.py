"""The end of a session: at once, with a sentence, with nothing left to see, and with every note kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from console.state.desk_state import SessionEnding
from console.vault import VaultState
from tests.journeys.conftest import MakeSeat
from tests.support.journey import Portal, Seat
from tests.support.vault import MemoryVault
from tests.support.world import Customer, Person
from tests.ui.looking import settle

ENDED = "Your session has ended. Sign in again; your notes are kept."
NOTE = "Rings back at noon"


def _in_the_middle(seat: Seat, portal: Portal) -> tuple[Person, Customer]:
    """An agent with everything about a caller on the screen."""
    ada, who = portal.world.person(), portal.world.customer()
    assert who.email is not None
    seat.sign_in(*portal.badge(ada))
    seat.open_case("T-1042", who.email.value)
    for field in ("Show e-mail on file", "Show name"):
        seat.choose(field)
        seat.type("The caller asks which one")
        seat.press(Qt.Key.Key_Return)
    seat.sees(who.email.value, who.account.name)
    return ada, who


def test_an_administrator_ends_it_in_the_middle_of_a_case(seat: Seat, portal: Portal) -> None:
    """A-51: the sign-in page with a sentence, and not a word of what was shown; the note comes back."""
    ada, who = _in_the_middle(seat, portal)
    seat.press(Qt.Key.Key_F9)
    seat.type(NOTE)
    portal.end_sessions_of(ada)
    seat.sees(ENDED, "Sign in")
    seat.hears(ENDED)
    settle()
    held = seat.everything()
    assert who.email is not None
    for gone in (who.email.value, who.account.name, who.account.customer_number, "T-1042", NOTE, "Caller"):
        assert gone not in held

    portal.later(timedelta(seconds=30))
    seat.sign_in(*portal.badge(ada))
    seat.sees("Unsent note.")
    seat.go_on("T-1042")
    seat.press(Qt.Key.Key_F9)
    assert seat.typed() == NOTE
    seat.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    seat.sees("Note added.")
    seat.until(lambda: seat.typed() == "", seat.typed)
    assert portal.world.events().count("case.noted") == 1


def test_the_keys_of_the_last_session_do_nothing_on_the_sign_in_page(seat: Seat, portal: Portal) -> None:
    """No command reaches a page that is gone."""
    ada, _who = _in_the_middle(seat, portal)
    portal.end_sessions_of(ada)
    seat.sees(ENDED)
    settle()
    before = len(seat.line.sent)
    for key in range(Qt.Key.Key_F2, Qt.Key.Key_F10):
        seat.press(Qt.Key(key))
    settle()
    assert seat.line.sent[before:] == []


def test_signing_out_says_so_and_the_token_is_dead(sit_down: MakeSeat, portal: Portal) -> None:
    """Ctrl+Shift+Q: over here at once, over there too, and nothing in the password store."""
    vault = MemoryVault()
    seat = sit_down(vault=vault)
    _in_the_middle(seat, portal)
    token = vault.secret
    assert portal.request("GET", "/v1/sessions/current", headers={"Authorization": f"Bearer {token}"}).is_success
    seat.press(Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    seat.sees("You are signed out.")
    assert vault.secret is None
    refused = portal.request("GET", "/v1/sessions/current", headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 401
    assert "staff.signed_out" in portal.world.events()


def test_a_desktop_that_was_closed_goes_on_where_the_password_store_remembers(
    sit_down: MakeSeat, portal: Portal
) -> None:
    """A crash in the middle of a call costs no sign-in."""
    vault = MemoryVault()
    first = sit_down(vault=vault)
    _in_the_middle(first, portal)
    second = sit_down("another", vault=vault)
    second.sees("Open a case", "Connected", "T-1042")
    assert portal.world.events().count("staff.signed_in") == 1


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (VaultState.READY, "Your session is kept in this computer's password store."),
        (VaultState.NONE, "This computer has no password store: your session lives until you close Rightful."),
    ],
)
def test_the_settings_say_where_the_token_is(sit_down: MakeSeat, portal: Portal, state: VaultState, said: str) -> None:
    """N-SES-05: in the password store or in memory, and nowhere else."""
    vault = MemoryVault(state=state)
    seat = sit_down(vault=vault)
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.press(Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    seat.sees("This desktop", said)
    assert (vault.secret is None) == (state is VaultState.NONE)


def test_staying_asks_the_service(seat: Seat, portal: Portal) -> None:
    """X-09: what the agent reads a minute and a half before the end, and the key that puts it off."""
    seat.sign_in(*portal.badge(portal.world.person()))
    ending = SessionEnding(at=portal.world.clock() + timedelta(seconds=90), can_stay=True)
    seat.desktop.bridge.publish(replace(seat.desktop.state, ending=ending))
    seat.sees("You will be signed out at", "Stay signed in")
    before = len(seat.line.sent)
    seat.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    seat.until(lambda: "GET /v1/sessions/current" in seat.line.sent[before:])
