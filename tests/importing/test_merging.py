"""What a file says goes over what is there, and never makes an account less safe by what it does not say."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.domain.account import ContactPoint
from services.importing.merging import Merged, made, merged
from services.importing.record import Raw, Record, Rules
from services.importing.understanding import understood
from services.storage.bulk import Holding, Ids
from services.storage.done_here import NOTHING, DoneHere
from services.vocabulary import SignalAnswer
from tests.importing.conftest import NOW

LATER, LAST = NOW + timedelta(days=30), NOW + timedelta(days=60)
EMAIL = {"kind": "email", "value": "amara@postbox.example", "verified_at": "2025-04-01", "changed_at": "2025-03-01"}
PHONE = {"kind": "phone", "value": "+447700900471", "verified_at": "2025-04-01", "changed_at": "2025-03-01"}
APP = {"kind": "totp", "label": "App", "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "bound_at": "2025-01-01"}
CODES = {"salt": "00" * 16, "digests": ["ab" * 32, "cd" * 32], "issued_at": "2025-01-01"}
NEWER_CODES = CODES | {"salt": "11" * 16, "issued_at": "2026-01-02"}
OLD_HASH = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
FULL: dict[str, Any] = {
    "username": "amara",
    "privileged": True,
    "created_at": "2020-01-01",
    "contacts": [EMAIL, PHONE],
    "authenticators": [APP, {"kind": "passkey", "label": "Key", "bound_at": "2025-01-01"}],
    "recovery_codes": CODES,
    "devices": [{"label": "Laptop", "seen_at": "2026-01-01"}],
    "sessions": [{"started_at": "2026-01-01"}],
}


def said(rules: Rules, **fields: Any) -> Record:
    """What a file says of the account."""
    record = understood(Raw(2, {"customer_number": "RC0418227", "name": "Amara Okafor", **fields}), rules)
    assert isinstance(record, Record), record
    return record


def there(rules: Rules) -> Holding:
    """The account after its first import."""
    return made(said(rules, **FULL), Ids(NOW))


def merged_later(rules: Rules, before: Holding, done: DoneHere = NOTHING, **fields: Any) -> Merged:
    """What becomes of an update, a month later."""
    later = dataclasses.replace(rules, now=LATER)
    return merged(before, said(later, **fields), Ids(LATER), LATER, done)


def after(rules: Rules, before: Holding, **fields: Any) -> Holding:
    """The account after it."""
    return merged_later(rules, before, **fields).holding


def test_the_same_file_again_changes_nothing(rules: Rules) -> None:
    before = there(rules)
    fields = {name: FULL[name] for name in FULL if name not in {"devices", "sessions"}}
    assert after(rules, before, **fields) == before


def test_a_file_that_does_not_date_its_contacts_does_not_make_them_new_again(rules: Rules) -> None:
    undated = {"kind": "email", "value": "amara@postbox.example"}
    before = made(said(rules, contacts=[undated]), Ids(NOW))
    assert before.contacts[0].changed_at == NOW
    assert after(rules, before, contacts=[undated | {"changed_at": ""}], created_at="") == before


def test_what_a_file_does_not_have_stays(rules: Rules) -> None:
    before = there(rules)
    changed = after(rules, before, username="amara.o")
    assert changed == dataclasses.replace(
        before, account=dataclasses.replace(before.account, username="amara.o", version=before.account.version + 1)
    )


def test_a_contact_that_is_gone_is_retired_and_one_that_came_is_new(rules: Rules) -> None:
    before = there(rules)
    new = {"kind": "phone", "value": "+447700900999"}
    email, old, phone = after(rules, before, contacts=[EMAIL, new]).contacts
    assert email == before.contacts[0]
    assert (old.id, old.value, old.retired_at) == (before.contacts[1].id, "+447700900471", LATER)
    assert (phone.value, phone.changed_at, phone.verified_at) == ("+447700900999", LATER, None)


VOUCHED = datetime(2026, 1, 1, tzinfo=UTC)
DATED = {"verified_at": "2026-01-02", "changed_at": "2026-01-02"}


@pytest.mark.parametrize("dates", [{}, {"verified_at": "2026-01-02"}, DATED], ids=["undated", "verified", "dated"])
def test_a_contact_that_was_not_on_file_is_as_old_as_this_update(rules: Rules, dates: dict[str, str]) -> None:
    """Invariant 4: neither the file nor the operator's word lets what came lately pass the quarantine, now or later."""
    vouching = dataclasses.replace(rules, unchanged_since=VOUCHED)
    thief = {"kind": "email", "value": "thief@postbox.example", **dates}
    changed = after(vouching, there(rules), contacts=[PHONE, thief])
    assert new_contact(changed).changed_at == LATER
    assert new_contact(after(vouching, changed, contacts=[PHONE, thief])).changed_at == LATER
    gone = after(vouching, changed, contacts=[PHONE])
    back = merged(gone, said(dataclasses.replace(vouching, now=LAST), contacts=[PHONE, thief]), Ids(LAST), LAST).holding
    assert (new_contact(back).retired_at, new_contact(back).changed_at) == (None, LAST)


def new_contact(holding: Holding) -> ContactPoint:
    """The one that the first import did not have."""
    (found,) = [one for one in holding.contacts if one.value == "thief@postbox.example"]
    return found


@pytest.mark.parametrize("bound_at", [{"bound_at": ""}, {"bound_at": "2026-01-02"}], ids=["undated", "dated"])
def test_an_authenticator_that_was_not_on_file_is_as_old_as_this_update(rules: Rules, bound_at: dict[str, str]) -> None:
    """Invariant 4."""
    vouching = dataclasses.replace(rules, unchanged_since=VOUCHED)
    thief = APP | {"secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"} | bound_at
    changed = after(vouching, there(rules), authenticators=[APP, thief])
    assert [one.bound_at for one in changed.authenticators] == [datetime(2025, 1, 1, tzinfo=UTC), LATER]
    assert after(vouching, changed, authenticators=[APP, thief]).authenticators == changed.authenticators


def test_recovery_codes_that_were_not_on_file_are_as_old_as_this_update(rules: Rules) -> None:
    """Invariant 4."""
    vouching = dataclasses.replace(rules, unchanged_since=VOUCHED)
    changed = after(vouching, there(rules), recovery_codes=NEWER_CODES)
    assert changed.recovery_codes is not None
    assert changed.recovery_codes.issued_at == LATER


def test_a_new_account_is_as_old_as_the_operator_vouches_for(rules: Rules) -> None:
    undated = {"kind": "email", "value": "amara@postbox.example"}
    new = made(said(dataclasses.replace(rules, unchanged_since=VOUCHED), contacts=[undated]), Ids(NOW))
    assert new.contacts[0].changed_at == VOUCHED


def test_a_contact_that_comes_back_counts_as_changed(rules: Rules) -> None:
    gone = after(rules, there(rules), contacts=[EMAIL])
    undated = {"kind": "phone", "value": "+447700900471"}
    _, phone = merged(
        gone, said(dataclasses.replace(rules, now=LATER), contacts=[EMAIL, undated]), Ids(LATER), LATER
    ).holding.contacts
    assert (phone.retired_at, phone.changed_at) == (None, LATER)


def test_a_swap_and_a_change_that_the_file_dates_are_taken_over(rules: Rules) -> None:
    swapped = PHONE | {"changed_at": "2025-04-01", "sim_swapped_at": "2026-11-20"}
    _, phone = after(rules, there(rules), contacts=[EMAIL, swapped]).contacts
    assert (phone.sim_swap, phone.changed_at) == (SignalAnswer.YES, datetime(2025, 4, 1, tzinfo=UTC))


def test_a_contact_that_is_no_longer_verified_is_not(rules: Rules) -> None:
    email, phone = after(rules, there(rules), contacts=[EMAIL | {"verified_at": None}, PHONE]).contacts
    assert (email.verified_at, phone.verified_at) == (None, datetime(2025, 4, 1, tzinfo=UTC))


def test_no_file_thaws_an_account(rules: Rules) -> None:
    frozen = dataclasses.replace(there(rules), account=dataclasses.replace(there(rules).account, frozen_at=NOW))
    assert after(rules, frozen, frozen_at=None).account.frozen_at == NOW
    assert after(rules, there(rules), frozen_at="2026-11-21").account.frozen_at is not None


def test_an_authenticator_that_is_still_there_keeps_its_last_step(rules: Rules) -> None:
    """O-06: no code counts twice, even if an import came between."""
    before = there(rules)
    used = dataclasses.replace(before.authenticators[0], last_step=58_000_000, version=7)
    before = dataclasses.replace(before, authenticators=(used, before.authenticators[1]))
    changed = after(rules, before, authenticators=[APP, {"kind": "push", "label": "Phone"}])
    assert changed.authenticators[0] == used
    assert [one.label for one in changed.authenticators] == ["App", "Phone"]


def test_an_authenticator_with_another_secret_is_another_one(rules: Rules) -> None:
    other = APP | {"secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}
    (changed,) = after(rules, there(rules), authenticators=[other]).authenticators
    assert changed.id != there(rules).authenticators[0].id


def test_recovery_codes_that_were_used_up_do_not_come_back(rules: Rules) -> None:
    """N-REC-05: the file was made before; a set with the same salt is the same set."""
    before = there(rules)
    assert before.recovery_codes is not None
    one_left = dataclasses.replace(before.recovery_codes, digests=before.recovery_codes.digests[:1], version=4)
    before = dataclasses.replace(before, recovery_codes=one_left)
    assert after(rules, before, recovery_codes=CODES).recovery_codes == one_left
    new = after(rules, before, recovery_codes=NEWER_CODES).recovery_codes
    assert new is not None
    assert (len(new.digests), new.version) == (2, 5)
    gone = after(rules, before, recovery_codes=None)
    assert gone.recovery_codes is not None
    assert (gone.recovery_codes.digests, gone.recovery_codes.issued_at) == ((), LATER)
    assert after(rules, gone, recovery_codes=None) == gone
    assert after(rules, gone, recovery_codes=CODES) == gone


@pytest.mark.parametrize("issued_at", ["", "2024-12-31", "2025-01-01"], ids=["undated", "older", "as old"])
def test_a_set_of_recovery_codes_gives_way_to_a_newer_one_only(rules: Rules, issued_at: str) -> None:
    vouching = dataclasses.replace(rules, unchanged_since=VOUCHED)
    kept = merged_later(vouching, there(rules), recovery_codes=NEWER_CODES | {"issued_at": issued_at})
    assert kept.holding.recovery_codes is not None
    assert kept.holding.recovery_codes.salt == bytes(16)
    assert kept.notes == ("its recovery codes are not dated later than those on file, and were left out.",)


HERE_AT = NOW + timedelta(days=10)
AFTERWARDS = (HERE_AT + timedelta(days=1)).isoformat()


def left_out(was: Merged, what: str) -> bool:
    """Whether one thing of the file was left out, and this is said of it."""
    return len(was.notes) == 1 and what in was.notes[0]


@pytest.mark.parametrize("bound_at", ["", "2025-01-01", HERE_AT.isoformat()])
def test_an_authenticator_that_was_removed_here_does_not_come_back(rules: Rules, bound_at: str) -> None:
    done = DoneHere(authenticators_at=HERE_AT)
    passkey = FULL["authenticators"][1]
    removed = after(rules, there(rules), authenticators=[passkey])
    vouching = dataclasses.replace(rules, unchanged_since=VOUCHED)
    again = merged_later(vouching, removed, done, authenticators=[passkey, APP | {"bound_at": bound_at}])
    assert again.holding == removed
    assert left_out(again, "authenticator 2 is not dated later than what was set up or removed here")
    later = merged_later(vouching, removed, done, authenticators=[passkey, APP | {"bound_at": AFTERWARDS}])
    assert [(one.label, one.bound_at > HERE_AT) for one in later.holding.authenticators] == [
        ("Key", False),
        ("App", True),
    ]
    assert later.notes == ()


def test_an_authenticator_that_the_owner_set_up_here_stays(rules: Rules) -> None:
    before = there(rules)
    done = DoneHere(authenticators_at=HERE_AT, bound=frozenset({before.authenticators[0].id}))
    none = merged_later(rules, before, done, authenticators=[])
    assert (none.holding.authenticators, none.notes) == (before.authenticators[:1], ())


def test_recovery_codes_that_the_owner_got_here_stay(rules: Rules) -> None:
    before = there(rules)
    done = DoneHere(codes_at=HERE_AT)
    assert merged_later(rules, before, done, recovery_codes=None) == Merged(before)
    without = dataclasses.replace(before, recovery_codes=None)
    assert left_out(merged_later(rules, without, done, recovery_codes=CODES), "recovery codes")


@pytest.mark.parametrize("changed_at", [None, "2025-01-01", HERE_AT.isoformat()])
def test_a_password_that_was_replaced_here_does_not_come_back(rules: Rules, changed_at: str | None) -> None:
    done, before = DoneHere(password_at=HERE_AT), there(rules)
    old: dict[str, Any] = {"password_hash": OLD_HASH, "password_changed_at": changed_at}
    again = merged_later(rules, before, done, **old)
    assert again.holding == before
    assert left_out(again, "its password is not dated later than the one that was set here")
    later = merged_later(rules, before, done, **old | {"password_changed_at": AFTERWARDS})
    assert (later.holding.account.password_hash, later.notes) == (OLD_HASH, ())
    assert merged_later(rules, before, **old).holding.account.password_hash == OLD_HASH


@pytest.mark.parametrize(
    ("name", "date", "done"),
    [("devices", "seen_at", DoneHere(devices_at=HERE_AT)), ("sessions", "started_at", DoneHere(sessions_at=HERE_AT))],
)
def test_what_was_forgotten_or_ended_here_does_not_come_back(
    rules: Rules, name: str, date: str, done: DoneHere
) -> None:
    said_again: dict[str, Any] = {name: [{date: ""}, {date: "2026-01-01"}, {date: AFTERWARDS}]}
    again = merged_later(rules, there(rules), done, **said_again)
    assert len(getattr(again.holding, name)) == 1
    assert left_out(again, "here, and was left out.")
    assert len(getattr(after(rules, there(rules), **said_again), name)) == 3


def test_devices_and_sessions_are_those_of_the_file(rules: Rules) -> None:
    changed = after(rules, there(rules), devices=[{"label": "Phone"}], sessions=[])
    assert [one.label for one in changed.devices] == ["Phone"]
    assert changed.sessions == ()
