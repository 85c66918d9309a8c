"""Invariant 11: nothing is written that the audit log says nothing about."""

from dataclasses import replace
from pathlib import Path

import pytest

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
