"""A desktop that was closed a moment ago starts on the page to work on, and asks the service meanwhile."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt

from console.last_run import FILE, LastRun
from console.vault import VaultState
from tests.journeys.conftest import MakeSeat
from tests.support.journey import PATIENCE_SECONDS, SECURE, Portal
from tests.support.vault import MemoryVault
from tests.support.world import Person
from tests.ui.looking import settle

COMES_NEXT = "Your session is being resumed. This comes next."
NOT_DONE = "The session had ended. What you asked for was not done."


class HeldVault(MemoryVault):
    """Answers no earlier than it may."""

    def __init__(self) -> None:
        super().__init__()
        self.free = Event()
        self.free.set()

    def state(self) -> VaultState:
        """See `console.vault.Vault`."""
        self.free.wait(PATIENCE_SECONDS)
        return super().state()


@pytest.fixture
def vault() -> Iterator[HeldVault]:
    """The password store of one computer."""
    made = HeldVault()
    yield made
    made.free.set()


@pytest.fixture
def ada(sit_down: MakeSeat, portal: Portal, vault: HeldVault) -> Person:
    """An agent who signed in, and whose desktop was closed without signing out."""
    person = portal.world.person()
    sit_down(vault=vault).sign_in(*portal.badge(person))
    vault.free.clear()
    return person


@pytest.mark.usefixtures("ada")
def test_what_is_typed_while_the_session_is_resumed_is_done(
    sit_down: MakeSeat, portal: Portal, vault: HeldVault
) -> None:
    """No sign-in form stands there for a moment and takes what was meant for the case."""
    seat = sit_down(vault=vault, patient=False)
    seat.sees("Open a case", "Connecting", "They come as soon as your session is resumed.")
    assert "Password" not in seat.screen()
    seat.type("T-2000")
    seat.press(Qt.Key.Key_Return)
    seat.sees(COMES_NEXT)
    assert "case.opened" not in portal.world.events()
    vault.free.set()
    seat.sees("Find the account", "T-2000", "Connected")
    assert portal.world.events().count("case.opened") == 1
    assert portal.world.events().count("staff.signed_in") == 1


@pytest.mark.usefixtures("ada")
def test_a_session_goes_on_though_the_service_was_away_at_the_start(
    sit_down: MakeSeat, portal: Portal, vault: HeldVault
) -> None:
    """It is said, asked again by itself, and nobody has to sign in."""
    seat = sit_down(vault=vault, patient=False)
    seat.line.cut()
    vault.free.set()
    seat.sees("Open a case", "Offline", "The service cannot be reached. Your session goes on as soon as it answers.")
    assert "Password" not in seat.screen()
    seat.type("T-2000")
    seat.press(Qt.Key.Key_Return)
    seat.sees(COMES_NEXT)
    seat.line.mend()
    seat.sees("Find the account", "T-2000", "Connected")
    assert portal.world.events().count("case.opened") == 1
    assert portal.world.events().count("staff.signed_in") == 1


def test_without_word_of_an_earlier_session_the_sign_in_page_waits_too(
    sit_down: MakeSeat, portal: Portal, vault: HeldVault, ada: Person, tmp_path: Path
) -> None:
    """The token is kept, and the file beside it is not: nothing is typed into a form that is about to go."""
    (tmp_path / "desk" / FILE).unlink()
    seat = sit_down(vault=vault, patient=False)
    seat.line.cut()
    vault.free.set()
    seat.sees("Password", "Your session goes on as soon as it answers.")
    seat.type("ada")
    assert seat.typed() == ""
    seat.line.mend()
    seat.sees("Open a case", "Connected")
    assert portal.world.events().count("staff.signed_in") == 1


@pytest.mark.usefixtures("ada")
def test_half_typed_words_stay_when_the_session_goes_on(sit_down: MakeSeat, vault: HeldVault) -> None:
    seat = sit_down(vault=vault, patient=False)
    seat.type("T-20")
    vault.free.set()
    seat.sees("Connected")
    seat.type("01")
    assert seat.typed() == "T-2001"


def test_a_session_that_has_ended_does_nothing_of_it(
    sit_down: MakeSeat, portal: Portal, vault: HeldVault, ada: Person
) -> None:
    """Nor does the next one, whoever signs in then; and the next start is on the sign-in page."""
    portal.end_sessions_of(ada)
    seat = sit_down(vault=vault, patient=False)
    seat.type("T-2000")
    seat.press(Qt.Key.Key_Return)
    vault.free.set()
    seat.sees("Sign in", "Password", NOT_DONE)
    assert "T-2000" not in seat.everything()
    assert "case.opened" not in portal.world.events()
    vault.free.clear()
    assert "Password" in sit_down(vault=vault, patient=False).screen()
    vault.free.set()
    portal.later(timedelta(seconds=30))
    seat.sign_in(*portal.badge(ada))
    settle()
    assert "case.opened" not in portal.world.events()


def test_settings_that_are_wrong_leave_nobody_waiting(sit_down: MakeSeat, portal: Portal, tmp_path: Path) -> None:
    """The desk cannot be opened: no session is resumed, and nothing is promised."""
    LastRun(tmp_path / "desk", SECURE).note(portal.world.clock() + timedelta(minutes=15))
    no_certificate = tmp_path / "ca.pem"
    no_certificate.write_text("", encoding="utf-8")
    seat = sit_down(ca_file=no_certificate, patient=False)
    seat.sees("Sign in", "ca_file holds no certificate that can be read")
    for words in ("ada", "a password", "123456"):
        seat.type(words)
        seat.press(Qt.Key.Key_Return)
    settle()
    assert COMES_NEXT not in seat.screen()


def test_who_signed_out_starts_on_the_sign_in_page(sit_down: MakeSeat, portal: Portal, vault: HeldVault) -> None:
    first = sit_down(vault=vault)
    first.sign_in(*portal.badge(portal.world.person()))
    first.press(Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    first.sees("You are signed out.")
    vault.free.clear()
    assert "Password" in sit_down(vault=vault, patient=False).screen()


def test_a_token_that_is_kept_nowhere_is_not_waited_for(sit_down: MakeSeat, portal: Portal, tmp_path: Path) -> None:
    """Without a password store the session ended with the program (N-SES-05)."""
    nowhere = MemoryVault(state=VaultState.NONE)
    sit_down(vault=nowhere).sign_in(*portal.badge(portal.world.person()))
    assert not (tmp_path / "desk" / FILE).exists()
    assert "Password" in sit_down(vault=nowhere, patient=False).screen()
