"""Invariant 11: nothing is written that the audit log says nothing about; and what is committed is committed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.domain.account import RecoveryCodes
from services.domain.case import Case
from services.domain.outcome import Entry, Outcome
from services.storage.directory import BuiltInDirectory
from services.storage.unit_of_work import Unaudited, Work
from services.usecases import cases
from services.vocabulary import SYSTEM, AccountId, AuthenticatorId, Event
from tests.support.at_work import Desk
from tests.support.world import START, World


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


CREDENTIALS: dict[str, tuple[set[str], Callable[[Work, AccountId, str], object]]] = {
    "revoke_sessions": ({"customer_sessions"}, lambda work, of, _: work.directory.revoke_sessions(of)),
    "forget_devices": ({"trusted_devices"}, lambda work, of, _: work.directory.forget_devices(of)),
    "unlock": ({"accounts"}, lambda work, of, _: work.directory.unlock(of)),
    "set_password": ({"accounts"}, lambda work, of, _: work.directory.set_password(of, "hash", START)),
    "disable_authenticator": (
        {"authenticators"},
        lambda work, of, its: work.directory.disable_authenticator(of, its, START),
    ),
    "remove_authenticator": ({"authenticators"}, lambda work, of, its: work.directory.remove_authenticator(of, its)),
    "bind_totp": (
        {"authenticators"},
        lambda work, of, its: work.directory.bind_totp(
            replace(work.authenticators.get(its), id=AuthenticatorId("auth_new"), version=0)
        ),
    ),
    "replace_recovery_codes": (
        {"recovery_codes"},
        lambda work, of, _: work.directory.replace_recovery_codes(
            RecoveryCodes(id=of, salt=b"salt", digests=(b"digest",), issued_at=START)
        ),
    ),
}
"""Every way to change what a customer signs in with: the tables that it changes, and how."""


def test_every_way_to_change_credentials_is_tried() -> None:
    assert {name for name in vars(BuiltInDirectory) if not name.startswith("_")} == set(CREDENTIALS)


@pytest.mark.parametrize("way", sorted(CREDENTIALS))
def test_credentials_are_not_changed_without_an_audit_entry(tmp_path: Path, way: str) -> None:
    tables_changed, change = CREDENTIALS[way]
    world = World(tmp_path)
    who = world.customer(totp=True, locked=True)
    world.signed_in(who)
    assert who.authenticator is not None
    its = who.authenticator.id

    def change_in_silence() -> None:
        with world.storage.changing() as work:
            change(work, who.account.id, its)

    with pytest.raises(Unaudited) as refused:
        change_in_silence()
    assert set(str(refused.value).split(", ")) == tables_changed
    with world.storage.changing() as work:
        change(work, who.account.id, its)
        work.record(Outcome(state=None, entry=Entry(event=Event.ACCOUNTS_IMPORTED, at=world.clock(), actor=SYSTEM)))
    world.close()


def test_credentials_that_are_as_they_were_need_no_entry(tmp_path: Path) -> None:
    """There is nothing to revoke, to forget or to unlock."""
    world = World(tmp_path)
    who = world.customer()
    with world.storage.changing() as work:
        assert work.directory.revoke_sessions(who.account.id) == 0
        assert work.directory.forget_devices(who.account.id) == 0
        assert not work.directory.unlock(who.account.id)
    world.close()


@pytest.mark.logs_warning("told of a commit: ConnectionError")
def test_who_is_told_of_a_commit_and_breaks_undoes_nothing(tmp_path: Path) -> None:
    """The change is made and answered, and the others are told all the same."""
    world, heard = World(tmp_path), list[Entry]()

    def broken(_entries: object, _effects: int) -> None:
        raise ConnectionError("a secret value")

    world.storage.committed += [broken, lambda entries, _effects: heard.extend(entries.values())]
    person = world.person()
    assert [entry.event for entry in heard] == ["staff.added"]
    with world.storage.reading() as work:
        assert work.staff.find(person.staff.id) is not None
    world.close()
