"""Makes a directory's states of a record: all of them anew, or what the file says over what is there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.domain.account import Account, Authenticator, ContactPoint, RecoveryCodes
from services.importing.record import Bound, Contact, Device, Record, Session
from services.storage.bulk import CustomerSession, Holding, Ids, TrustedDevice
from services.storage.done_here import NOTHING, DoneHere
from services.vocabulary import AccountId, AuthenticatorId, ContactKind, ContactPointId

_ACCOUNT = (
    *("name", "username", "privileged", "created_at", "last_sign_in_at", "locked_at"),
    *("password_hash", "password_changed_at"),
)
"""What a file may change of an account; its number is how it was found, and `frozen_at` has its own rule."""
_PASSWORD = frozenset({"password_hash", "password_changed_at"})
_CONTACT = ("verified_at", "changed_at", "retired_at", "sim_swap", "sim_swapped_at")
_LEFT_OUT = "and was left out."


def made(record: Record, ids: Ids) -> Holding:
    """A new account with everything that the file says of it."""
    account_id = AccountId(ids.new("acct"))
    account = Account(
        id=account_id,
        version=1,
        name=record.name,
        username=record.username,
        customer_number=record.customer_number,
        privileged=record.privileged,
        created_at=record.created_at,
        last_sign_in_at=record.last_sign_in_at,
        locked_at=record.locked_at,
        frozen_at=record.frozen_at,
        password_hash=record.password_hash,
        password_changed_at=record.password_changed_at,
    )
    return Holding(
        account=account,
        contacts=tuple(_contact(one, account_id, ids) for one in record.contacts),
        authenticators=tuple(_authenticator(one, account_id, ids) for one in record.authenticators),
        recovery_codes=_codes(record, account_id, version=1),
        devices=_devices(record.devices, account_id, ids),
        sessions=_sessions(record.sessions, account_id, ids),
    )


@dataclass(frozen=True, slots=True)
class Merged:
    """An account as it is to be, and what the file has that it does not get, in sentences."""

    holding: Holding
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Merging:
    """One account on its way from what is there to what the file says."""

    before: Holding
    record: Record
    ids: Ids
    now: datetime
    done: DoneHere
    notes: list[str] = field(default_factory=list)


def merged(before: Holding, record: Record, ids: Ids, now: datetime, done: DoneHere = NOTHING) -> Merged:
    """What is there with what the file says of it; the fields that the file does not have stay as they are.

    1. a frozen account stays frozen, whatever the file says: a review decides that
    2. contact points that the file no longer has are retired, not removed
    3. an authenticator that is still there keeps its last time step, so that no code counts twice (O-06)
    4. whatever was not on file counts as changed now, and nothing gets older than it is: what this database did not
       have a moment ago passes no quarantine, whatever the file says and the operator vouches for (invariant 4)
    5. what was replaced or removed here (*done*) does not come back, unless the file dates it later; what does not say
       when it began is not later
    6. what the owner set up here stays, whether or not the file has it; and so does what was lost and waits to be
       replaced
    """
    it = _Merging(before, record, ids, now, done)
    given, account = record.given, before.account
    after = Holding(
        account=_account(it),
        contacts=_contacts(it) if "contacts" in given else before.contacts,
        authenticators=_authenticators(it) if "authenticators" in given else before.authenticators,
        recovery_codes=_codes_over(it) if "recovery_codes" in given else before.recovery_codes,
        devices=_devices_over(it) if "devices" in given else before.devices,
        sessions=_sessions_over(it) if "sessions" in given else before.sessions,
    )
    if after != before:
        after = replace(after, account=replace(after.account, version=account.version + 1))
    return Merged(after, tuple(it.notes))


def _is_later(at: datetime, is_dated: bool, than: datetime | None) -> bool:
    return than is None or (is_dated and at > than)


def _account(it: _Merging) -> Account:
    """The password and its date stand or fall together."""
    account, record, given = it.before.account, it.record, it.record.given
    changed = {name: getattr(record, name) for name in _ACCOUNT if name in given}
    set_at = record.password_changed_at
    if not _is_later(set_at or it.now, set_at is not None, it.done.password_at):  # 5.
        if changed.get("password_hash") not in (None, account.password_hash):
            it.notes.append(f"its password is not dated later than the one that was set here, {_LEFT_OUT}")
        changed = {name: value for name, value in changed.items() if name not in _PASSWORD}
    frozen_at = account.frozen_at or (record.frozen_at if "frozen_at" in given else None)  # 1.
    return replace(account, frozen_at=frozen_at, **changed)


def _contact(contact: Contact, account_id: AccountId, ids: Ids) -> ContactPoint:
    return ContactPoint(
        id=ContactPointId(ids.new("cp")),
        account_id=account_id,
        kind=contact.kind,
        value=contact.value,
        verified_at=contact.verified_at,
        changed_at=contact.changed_at,
        retired_at=contact.retired_at,
        sim_swap=contact.sim_swap,
        sim_swapped_at=contact.sim_swapped_at,
    )


def _contacts(it: _Merging) -> tuple[ContactPoint, ...]:
    before, now = it.before, it.now
    said: Mapping[tuple[ContactKind, str], Contact] = {(one.kind, one.value): one for one in it.record.contacts}
    there: dict[tuple[ContactKind, str], ContactPoint] = {}
    for one in before.contacts:
        if (one.kind, one.value) not in there or one.retired_at is None:
            there[one.kind, one.value] = one
    kept = [_over(one, said[key], now) if key in said else _retired(one, now) for key, one in there.items()]  # 2.
    doubled = [one for one in before.contacts if one not in there.values()]
    came = [replace(one, changed_at=max(one.changed_at, now)) for key, one in said.items() if key not in there]  # 4.
    new = [_contact(one, before.account.id, it.ids) for one in came]
    return (*kept, *doubled, *new)


def _over(there: ContactPoint, said: Contact, now: datetime) -> ContactPoint:
    """A contact point that comes back from retirement is new."""
    changed = {name: getattr(said, name) for name in _CONTACT if name in said.said}
    if there.retired_at is not None and said.retired_at is None:
        return replace(there, **changed | {"retired_at": None, "changed_at": max(said.changed_at, now)})  # 4.
    changed_at = max(there.changed_at, said.changed_at) if "changed_at" in said.said else there.changed_at  # 4.
    return replace(there, **changed | {"changed_at": changed_at})


def _retired(contact: ContactPoint, now: datetime) -> ContactPoint:
    return contact if contact.retired_at is not None else replace(contact, retired_at=now)


def _authenticator(bound: Bound, account_id: AccountId, ids: Ids) -> Authenticator:
    return Authenticator(
        id=AuthenticatorId(ids.new("auth")),
        version=1,
        account_id=account_id,
        kind=bound.kind,
        label=bound.label,
        secret=bound.secret,
        bound_at=bound.bound_at,
        last_used_at=bound.last_used_at,
    )


def _authenticators(it: _Merging) -> tuple[Authenticator, ...]:
    left = list(it.before.authenticators)
    after = []
    for nth, bound in enumerate(it.record.authenticators, 1):
        same = next((one for one in left if _is_same(one, bound)), None)
        if same is not None:
            left.remove(same)
            after.append(same)  # 3.
        elif _is_later(bound.bound_at, bound.is_dated, it.done.authenticators_at):
            new = replace(bound, bound_at=max(bound.bound_at, it.now))  # 4.
            after.append(_authenticator(new, it.before.account.id, it.ids))
        else:  # 5.
            it.notes.append(f"authenticator {nth} is not dated later than what was set up or removed here, {_LEFT_OUT}")
    return (*after, *(one for one in left if one.id in it.done.bound or one.disabled_at is not None))  # 6.


def _is_same(there: Authenticator, bound: Bound) -> bool:
    if there.kind is not bound.kind:
        return False
    return there.secret == bound.secret if there.secret or bound.secret else there.label == bound.label


def _codes(record: Record, account_id: AccountId, version: int) -> RecoveryCodes | None:
    said = record.recovery_codes
    if said is None:
        return None
    return RecoveryCodes(id=account_id, version=version, salt=said.salt, digests=said.digests, issued_at=said.issued_at)


def _codes_over(it: _Merging) -> RecoveryCodes | None:
    """A set that is there already stays as it is: some of its codes may have been used up (N-REC-05).

    Of one that the file takes away the salt stays, without codes: so it is known when another file has it again.
    """
    there, said = it.before.recovery_codes, it.record.recovery_codes
    if said is None:
        if there is None or not there.digests or it.done.codes_at:  # 6.
            return there
        return replace(there, version=there.version + 1, digests=(), issued_at=it.now)
    if there is not None and there.salt == said.salt:
        return there
    issued_at = there.issued_at if there else it.done.codes_at
    if not _is_later(said.issued_at, said.is_dated, issued_at):  # 5.
        it.notes.append("its recovery codes are not dated later than those on file, and were left out.")
        return there
    new = _codes(it.record, it.before.account.id, version=there.version + 1 if there else 1)
    return replace(new, issued_at=max(new.issued_at, it.now)) if new else None  # 4.


def _devices(devices: Iterable[Device], account_id: AccountId, ids: Ids) -> tuple[TrustedDevice, ...]:
    return tuple(
        TrustedDevice(id=ids.new("dev"), account_id=account_id, label=one.label, seen_at=one.seen_at) for one in devices
    )


def _devices_over(it: _Merging) -> tuple[TrustedDevice, ...]:
    later = [one for one in it.record.devices if _is_later(one.seen_at, one.is_dated, it.done.devices_at)]  # 5.
    if len(later) < len(it.record.devices):
        it.notes.append(f"a trusted device was not seen since such devices were forgotten here, {_LEFT_OUT}")
    return _devices(later, it.before.account.id, it.ids)


def _sessions(sessions: Iterable[Session], account_id: AccountId, ids: Ids) -> tuple[CustomerSession, ...]:
    return tuple(
        CustomerSession(id=ids.new("cses"), account_id=account_id, started_at=one.started_at) for one in sessions
    )


def _sessions_over(it: _Merging) -> tuple[CustomerSession, ...]:
    later = [one for one in it.record.sessions if _is_later(one.started_at, one.is_dated, it.done.sessions_at)]  # 5.
    if len(later) < len(it.record.sessions):
        it.notes.append(f"a session did not begin since sessions were ended here, {_LEFT_OUT}")
    return _sessions(later, it.before.account.id, it.ids)
