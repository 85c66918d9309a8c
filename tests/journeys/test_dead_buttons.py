"""A dead button always says why: of every customer of the cast, whoever is asking, and whatever is left to type."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from services.demo_cast import CastCustomer, load_cast
from tests.support.journey import Portal, Seat, sentences
from tests.support.world import World
from tests.ui.looking import description_of
from ui.pages.caller.actions_card import RunRow
from ui.pages.caller.method_row import VerifyRow
from ui.widgets.buttons import Button

STORIES = {
    "sim_swapped": "The SIM was swapped yesterday: a code could reach a thief.",
    "phone_changed": "Changed 2 days ago: too fresh to prove anything.",
    "vip": "Your role does not allow you to act on privileged accounts.",
    "email_only": "The owner could be told only over the channel just used.",
    "frozen": "a review decides.",
    "unverified": "It was never verified, so it proves nothing.",
    "unknown_sim": "Whether the SIM was swapped is not known: a code there proves nothing.",
    "new": "Changed just now: too fresh to prove anything.",
}
"""What must be said of those of the cast whose story is about a reason."""
SHARES = 3

Cast = tuple[CastCustomer, ...]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world for the whole module: the cast takes a while to come on stage."""
    made = World(tmp_path_factory.mktemp("service") / "data")
    yield made
    made.close()


@pytest.fixture(scope="module")
def portal(world: World) -> Iterator[Portal]:
    """Its service."""
    made = Portal(world)
    yield made
    made.close()


@pytest.fixture(scope="module")
def cast(portal: Portal) -> Cast:
    """Everybody who calls in the demo."""
    return load_cast(portal.world.parts)[1]


@pytest.mark.parametrize("share", range(SHARES))
def test_every_action_and_method_says_why_not(seat: Seat, portal: Portal, cast: Cast, share: int) -> None:
    """Invariant 1: the service says why not yet; the words stand on the screen and in the button's description."""
    seat.sign_in(*portal.badge(portal.world.person()))
    for who in cast[share::SHARES]:
        seat.open_case(f"T-{who.id}", who.customer_number)
        screen = seat.screen()
        dead = [button for button in _rows_buttons(seat) if button.is_resting()]
        assert len(dead) >= 3, who.id
        for button in dead:
            assert description_of(button) == button.why_not
            assert [one for one in sentences(button.why_not) if one not in screen] == [], (who.id, button.why_not)
        assert STORIES.get(who.id, "") in screen
        assert _greyed_out(seat) == []


def test_an_outsourced_agent_reads_that_their_role_does_not_do(seat: Seat, portal: Portal, cast: Cast) -> None:
    """What a role lacks is said as that, and not as a lack of proof."""
    locked = next(who for who in cast if who.id == "codes")
    seat.sign_in(*portal.badge(portal.world.person("outsourced_agent", name="Tomas Demo")))
    seat.open_case("T-1", locked.customer_number)
    seat.sees("Your role does not allow you to reset authenticators.")


def test_a_button_that_waits_for_words_says_so_when_it_is_pressed(seat: Seat, portal: Portal, cast: Cast) -> None:
    """Where there is no room for the reason, pressing brings it to the screen and to the ear."""
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.press(Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    seat.sees("Open a case first.")
    seat.open_case("T-1", cast[0].customer_number)
    seat.choose("Add note")
    seat.sees("Write something first.")
    seat.choose("Show e-mail on file")
    seat.choose("Show")
    seat.sees("Type a reason first.")
    seat.hears("Type a reason first.")
    seat.press(Qt.Key.Key_Escape)
    seat.choose("Freeze: Freeze account")
    seat.choose("Freeze account")
    seat.sees("Type a reason first.")
    assert "account.frozen" not in portal.world.events()


def _rows_buttons(seat: Seat) -> list[Button]:
    rows = [*seat.window.findChildren(VerifyRow), *seat.window.findChildren(RunRow)]
    return [button for row in rows for button in row.findChildren(Button) if button.isVisible()]


def _greyed_out(seat: Seat) -> list[str]:
    """Buttons that are disabled in Qt's way: nobody could reach them to learn why."""
    buttons = seat.window.findChildren(QAbstractButton)
    return [button.accessibleName() for button in buttons if button.isVisible() and not button.isEnabled()]
