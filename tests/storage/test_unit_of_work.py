"""Invariant 11: nothing is written that the audit log says nothing about; and what is committed is committed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.domain.case import Case
from services.domain.outcome import Entry, Outcome
from services.storage.unit_of_work import Unaudited, Work
from services.usecases import cases
from services.vocabulary import SYSTEM, Event
from tests.support.at_work import Desk
from tests.support.world import World


def test_state_without_an_audit_entry_is_not_committed(tmp_path: Path) -> None:
    world = World(tmp_path)
    who = world.customer()

    def lock_in_silence() -> None:
        with world.storage.changing() as work:
            account = work.accounts.get(who.account.id)
            work.accounts.put(replace(account, locked_at=world.clock()))

    with pytest.raises(Unaudited, match="accounts"):
        lock_in_silence()
    with world.storage.reading() as work:
        assert work.accounts.get(who.account.id).locked_at is None
    world.close()


@pytest.mark.parametrize(
    ("what", "erase"),
    [
        ("audit_prose", lambda work, case: work.erase_prose(case.account_id)),
        ("notes", lambda work, case: work.notes.erase(case.id)),
    ],
)
def test_words_are_not_erased_without_an_audit_entry(
    tmp_path: Path, what: str, erase: Callable[[Work, Case], int]
) -> None:
    world = World(tmp_path)
    desk = Desk.with_account(world, world.customer())
    with world.storage.changing() as work:
        cases.note(world.service, work, desk.agent.staff, desk.case.id, "Calls again tomorrow")

    def erase_in_silence() -> int:
        with world.storage.changing() as work:
            return erase(work, desk.case)

    with pytest.raises(Unaudited, match=f"^{what}$"):
        erase_in_silence()
    with world.storage.changing() as work:
        assert erase(work, desk.case) > 0
        work.record(Outcome(state=None, entry=Entry(event=Event.WORDS_ERASED, at=world.clock(), actor=SYSTEM)))
    world.close()


@pytest.mark.logs_warning("told of a commit: ConnectionError")
def test_who_is_told_of_a_commit_and_breaks_undoes_nothing(tmp_path: Path) -> None:
    """The change is made and answered, and the others are told all the same."""
    world, heard = World(tmp_path), list[Entry]()

    def broken(_entries: object, _effects: int) -> None:
        raise ConnectionError("a secret value")

    world.storage.committed += [broken, lambda entries, _effects: heard.extend(entries)]
    person = world.person()
    assert [entry.event for entry in heard] == ["staff.added"]
    with world.storage.reading() as work:
        assert work.staff.find(person.staff.id) is not None
    world.close()
