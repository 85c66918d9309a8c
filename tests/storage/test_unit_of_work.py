"""Invariant 11: nothing is written that the audit log says nothing about; and what is committed is committed."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.domain.outcome import Entry
from services.storage.unit_of_work import Unaudited
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
