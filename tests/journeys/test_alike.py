"""Two addresses of one owner that look the same when they are masked are still two."""

from services.vocabulary import ContactKind
from tests.support.journey import READ_OUT, Portal, Seat
from tests.ui.looking import settle

START = "Start: Number read to the caller, link by e-mail"


def test_a_check_of_one_is_no_check_of_the_other(seat: Seat, portal: Portal) -> None:
    world = portal.world
    who = world.customer(phone=False, email=False)
    for value in ("anna.keller@gmail.com", "a.baumeister@gmail.com"):
        world.add_contact(who, ContactKind.EMAIL, value)
    seat.sign_in(*portal.badge(world.person()))
    seat.open_case("T-1042", who.account.customer_number)
    assert seat.screen().count(START) == 2
    seat.choose(START)
    number = seat.read_out()
    assert seat.screen().count(READ_OUT) == 1
    assert seat.screen().count(START) == 1, "the other can be started meanwhile"
    portal.work()
    assert len(portal.told("reverse_code_link")) == 1
    portal.send(portal.link("reverse_code_link"), decision="confirm", number=number)
    seat.sees("Passed. Counts until")
    settle()
    assert seat.screen().count("Passed. Counts until") == 1
