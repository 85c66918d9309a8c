"""\"That is not me\": the owner says so on their own phone, and the agent's screen freezes by itself."""

from PySide6.QtCore import Qt

from tests.journeys.conftest import MakeSeat
from tests.support.journey import Portal, Seat
from tests.ui.looking import settle
from ui.pages.caller.actions_card import RunRow
from ui.pages.caller.method_row import VerifyRow
from ui.widgets.buttons import Button


def test_the_case_freezes_before_the_agents_eyes(sit_down: MakeSeat, portal: Portal) -> None:
    """Invariant 9: everything stops, everybody is told, and the desk says it in words and aloud."""
    world = portal.world
    who = world.customer()
    assert who.phone is not None
    assert who.email is not None
    seat = sit_down()
    seat.sign_in(*portal.badge(world.person()))
    seat.open_case("T-1042", who.account.customer_number)
    seat.press(Qt.Key.Key_F4)
    seat.sees("A link is on its way.")
    portal.work()
    portal.send(portal.link("reverse_code_link"), decision="not_me")
    seat.sees(
        "Frozen",
        "This case is frozen: nothing more can be done in it.",
        "Owner says: not me",
        "Account frozen",
        '"That is not me": number read to the caller. The owner.',
    )
    seat.hears("This case is frozen: nothing more can be done in it.", 'The owner said "that is not me"')
    settle()
    rows = [*seat.window.findChildren(VerifyRow), *seat.window.findChildren(RunRow)]
    buttons = [button for row in rows for button in row.findChildren(Button) if button.isVisible()]
    assert [button.text() for button in buttons if not button.is_resting()] == []
    for key in (Qt.Key.Key_F4, Qt.Key.Key_F8):
        seat.said.clear()
        seat.press(key)
        seat.hears("This case is frozen: nothing more can be done in it.")
    portal.work()
    assert set(portal.told("notice_frozen")) == {who.phone.value, who.email.value}
    for event in ("check.repudiated", "case.frozen", "account.frozen", "review.opened"):
        assert world.events().count(event) == 1
    assert "action.requested" not in world.events()


def test_another_agent_of_the_account_finds_it_frozen(sit_down: MakeSeat, portal: Portal) -> None:
    """A thief who calls a second agent meanwhile gets no further there."""
    world = portal.world
    who = world.customer()
    first, second = (_with(sit_down(name), portal, who.account.customer_number) for name in ("first", "second"))
    first.press(Qt.Key.Key_F4)
    first.sees("A link is on its way.")
    portal.work()
    portal.send(portal.link("reverse_code_link"), decision="not_me")
    first.sees("Account frozen")
    second.press(Qt.Key.Key_F4)
    second.sees("The account is frozen", "Account frozen")
    assert world.events().count("check.started") == 1


def _with(seat: Seat, portal: Portal, number: str) -> Seat:
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", number)
    return seat
