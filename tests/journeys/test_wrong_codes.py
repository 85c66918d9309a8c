"""Wrong codes, read aloud: how many are left, what the last one does, and that calling again buys nothing."""

import re

from PySide6.QtCore import Qt

from tests.support.journey import Portal, Seat

START = "Start: Code by text message"
LOCKED = "Too many wrong codes on this account. Locked"


def test_the_fifth_wrong_code_locks_and_everything_says_so(seat: Seat, portal: Portal) -> None:
    """Invariant 10, N-THR-01: attempts belong to the account, and hanging up buys nothing."""
    world = portal.world
    who = world.customer()
    seat.sign_in(*portal.badge(world.person()))
    seat.open_case("T-1042", who.account.customer_number)
    seat.choose(START)
    seat.sees("the caller reads it to you. Tries left: 5.")
    portal.work()
    wrong = f"{(int(_code(portal)) + 1) % 10**6:06}"
    for left in (4, 3, 2, 1):
        _read_aloud(seat, wrong)
        seat.sees(f"Wrong code. Tries left: {left}.", f"the caller reads it to you. Tries left: {left}.")
        assert seat.said.count(f"Wrong code. Tries left: {left}.") == 1
    assert "account.attempts_locked" not in world.events()

    _read_aloud(seat, wrong)
    seat.sees(f"Wrong code. {LOCKED} for a while.", f"Failed. {LOCKED} until", "Cannot be used")
    seat.hears(LOCKED)
    assert world.events().count("check.failed") == 5
    assert world.events().count("account.attempts_locked") == 1

    seat.open_case("T-1043", who.account.customer_number)
    seat.sees(LOCKED)
    seat.said.clear()
    seat.choose(START)
    seat.hears(LOCKED)
    assert world.events().count("check.started") == 1
    assert portal.told("sms_code") == [who.phone.value if who.phone else ""]


def test_the_right_code_counts_once(seat: Seat, portal: Portal) -> None:
    """The code that was right is over; what the caller reads again is not even asked for."""
    world = portal.world
    seat.sign_in(*portal.badge(world.person()))
    seat.open_case("T-1042", world.customer().account.customer_number)
    seat.choose(START)
    seat.sees("Tries left: 5.")
    portal.work()
    _read_aloud(seat, _code(portal))
    seat.sees("Right. This counts now.", "Enough is proven")
    seat.hears("Code by text message", "Passed")
    seat.said.clear()
    seat.press(Qt.Key.Key_F7)
    seat.hears("No check waits for a code that the caller reads out.")
    assert world.events().count("check.passed") == 1


def _read_aloud(seat: Seat, code: str) -> None:
    seat.press(Qt.Key.Key_F7)
    seat.type(code, callers_words=True)
    seat.press(Qt.Key.Key_Return)


def _code(portal: Portal) -> str:
    body = next(message.body for message in portal.world.messages() if message.kind == "sms_code")
    found = re.search(r"\b\d{6}\b", body)
    assert found is not None
    return found.group()
