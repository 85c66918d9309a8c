"""Notes: kept while they are typed, through a kill and through the end of a session, and gone once they were sent."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from console.vault import VaultState
from tests.journeys.conftest import MakeSeat
from tests.support.journey import Portal, Seat
from tests.support.typist import LETTERS
from tests.support.vault import MemoryVault

NOTE = "Rings back at noon. "
NEW_PASSWORD = "a quiet harbour in the rain"
CONTROL = Qt.KeyboardModifier.ControlModifier
ROOT = Path(__file__).parents[2]


def _case(seat: Seat, portal: Portal) -> None:
    seat.sign_in(*portal.badge(portal.world.person()))
    seat.open_case("T-1042", portal.world.customer().account.customer_number)
    seat.press(Qt.Key.Key_F9)


def test_a_note_is_kept_while_somebody_types_without_a_pause(seat: Seat, portal: Portal) -> None:
    """A crash costs the last moment of typing, however fast it is typed."""
    _case(seat, portal)
    for _ in range(400):
        seat.type("x")
        if seat.desktop.state.unsent:
            break
    assert seat.desktop.state.unsent


def test_a_note_belongs_to_the_case_it_was_typed_in(seat: Seat, portal: Portal) -> None:
    """Left in the middle of a word, it is there when the agent comes back, and nowhere else."""
    _case(seat, portal)
    seat.type(NOTE)
    seat.press(Qt.Key.Key_F2)
    seat.sees("Open a case", "Unsent note.")
    seat.open_case("T-1043", portal.world.customer().account.customer_number)
    seat.press(Qt.Key.Key_F9)
    assert seat.typed() == ""
    seat.press(Qt.Key.Key_F2)
    seat.sees("Open a case")
    seat.go_on("T-1042")
    seat.press(Qt.Key.Key_F9)
    assert seat.typed() == NOTE


def test_a_note_that_closes_the_case_is_sent_and_is_no_draft_any_more(seat: Seat, portal: Portal) -> None:
    """The last words of a case are in it: nothing is said to be unsent."""
    _case(seat, portal)
    seat.type(NOTE)
    seat.press(Qt.Key.Key_W, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    seat.sees("Case closed.", "Closed, opened just now.")
    assert "Unsent note." not in seat.screen()
    assert "case.closed" in portal.world.events()
    seat.go_on("T-1042")
    seat.sees("This case is closed: nothing more can be done in it.")
    seat.press(Qt.Key.Key_F9)
    assert seat.typed() == ""


def test_a_note_that_could_not_be_sent_stays(seat: Seat, portal: Portal) -> None:
    """Offline, it is still there, and is added once when it is sent again."""
    _case(seat, portal)
    seat.type(NOTE)
    seat.line.cut()
    seat.sees("Offline")
    seat.press(Qt.Key.Key_Return, CONTROL)
    seat.sees("The service cannot be reached. Trying again is safe: it happens once.")
    assert seat.typed() == NOTE
    seat.line.mend()
    seat.sees("Connected")
    seat.press(Qt.Key.Key_Return, CONTROL)
    seat.sees("Note added.")
    seat.until(lambda: seat.typed() == "", seat.typed)
    assert portal.world.events().count("case.noted") == 1


@pytest.mark.slow
def test_a_note_survives_a_kill_in_the_middle_of_a_word(sit_down: MakeSeat, portal: Portal, tmp_path: Path) -> None:
    """`kill -9`: what was said to be kept is there at the next sign-in, letter by letter, and in no file in clear."""
    ada, who = portal.world.person(), portal.world.customer()
    place = (tmp_path / "service", tmp_path / "desk")
    command = [sys.executable, "-m", "tests.support.typist", *map(str, place)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as typist:
        assert typist.stdin is not None
        assert typist.stdout is not None
        typist.stdin.write("\n".join((*portal.badge(ada), who.account.customer_number)))
        typist.stdin.close()
        said = [typist.stdout.readline() for _ in range(3)]
        typist.kill()
        said += typist.stdout.readlines()
    assert typist.returncode == -9
    kept = int(said[-1].removeprefix("kept "))
    assert kept > len(LETTERS)
    for file in place[1].iterdir():
        assert LETTERS.encode() not in file.read_bytes()

    portal.later(timedelta(minutes=1))
    seat = sit_down("desk", key_vault=MemoryVault(state=VaultState.NONE))
    seat.sign_in(*portal.badge(ada))
    seat.sees("Unsent note.")
    seat.go_on("T-1042")
    seat.press(Qt.Key.Key_F9)
    assert len(seat.typed()) >= kept
    assert (LETTERS * len(seat.typed())).startswith(seat.typed())


def test_a_note_is_added_to_a_case_that_resolved_itself(seat: Seat, portal: Portal) -> None:
    """What came up at the end of the call belongs on record: the service takes it, so the desktop does."""
    _case(seat, portal)
    seat.press(Qt.Key.Key_F4)
    number = seat.read_out()
    portal.work()
    portal.send(portal.link("reverse_code_link"), decision="confirm", number=number)
    seat.sees("Enough is proven")
    seat.press(Qt.Key.Key_F8)
    seat.press(Qt.Key.Key_Return)
    seat.sees("What is being done")
    portal.work()
    portal.send(portal.link("reset_link"), password=NEW_PASSWORD, repeat=NEW_PASSWORD)
    seat.sees("Resolved")
    _add_a_note(seat, portal)


def test_a_note_is_added_to_a_frozen_case(seat: Seat, portal: Portal) -> None:
    """Above all then: what the caller said when it was stopped is what a review reads."""
    _case(seat, portal)
    seat.press(Qt.Key.Key_F4)
    seat.read_out()
    portal.work()
    portal.send(portal.link("reverse_code_link"), decision="not_me")
    seat.sees("Frozen", "This case is frozen: nothing more can be done in it.")
    _add_a_note(seat, portal)


def _add_a_note(seat: Seat, portal: Portal) -> None:
    seat.press(Qt.Key.Key_F9)
    seat.type(NOTE)
    seat.press(Qt.Key.Key_Return, CONTROL)
    seat.sees("Note added.")
    assert portal.world.events().count("case.noted") == 1
    seat.said.clear()
    seat.press(Qt.Key.Key_W, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    seat.hears("nothing more can be done in it.")
