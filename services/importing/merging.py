"""Makes a directory's states of a record: all of them anew, or what the file says over what is there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from services.domain.account import Account, Authenticator, ContactPoint, RecoveryCodes
from services.importing.record import Bound, Contact, Record
from services.storage.bulk import CustomerSession, Holding, Ids, TrustedDevice
from services.vocabulary import AccountId, AuthenticatorId, ContactKind, ContactPointId

_ACCOUNT = (
    *("name", "username", "privileged", "created_at", "last_sign_in_at", "locked_at"),
    *("password_hash", "password_changed_at"),
)
"""What a file may change of an account; its number is how it was found, and `frozen_at` has its own rule."""
_CONTACT = ("verified_at", "changed_at", "retired_at", "sim_swap", "sim_swapped_at")


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
        devices=_devices(record, account_id, ids),
        sessions=_sessions(record, account_id, ids),
    )


def merged(before: Holding, record: Record, ids: Ids, now: datetime) -> Holding:
    """What is there with what the file says of it; the fields that the file does not have stay as they are.

    1. a frozen account stays frozen, whatever the file says: a review decides that
    2. contact points that the file no longer has are retired, not removed
    3. an authenticator that is still there keeps its last time step, so that no code counts twice (O-06)
    4. whatever was not on file counts as changed now, and nothing gets older than it is: what this database did not
       have a moment ago passes no quarantine, whatever the file says and the operator vouches for (invariant 4)
    """
    given, account = record.given, before.account
    changed = {name: getattr(record, name) for name in _ACCOUNT if name in given}
    frozen_at = account.frozen_at or (record.frozen_at if "frozen_at" in given else None)  # 1.
    bound = _authenticators(before, record, ids, now) if "authenticators" in given else before.authenticators
    after = Holding(
        account=replace(account, frozen_at=frozen_at, **changed),
        contacts=_contacts(before, record, ids, now) if "contacts" in given else before.contacts,
        authenticators=bound,
        recovery_codes=_codes_over(before, record, now) if "recovery_codes" in given else before.recovery_codes,
        devices=_devices(record, account.id, ids) if "devices" in given else before.devices,
        sessions=_sessions(record, account.id, ids) if "sessions" in given else before.sessions,
    )
    return after if after == before else replace(after, account=replace(after.account, version=account.version + 1))


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


def _contacts(before: Holding, record: Record, ids: Ids, now: datetime) -> tuple[ContactPoint, ...]:
    said: Mapping[tuple[ContactKind, str], Contact] = {(one.kind, one.value): one for one in record.contacts}
    there: dict[tuple[ContactKind, str], ContactPoint] = {}
    for one in before.contacts:
        if (one.kind, one.value) not in there or one.retired_at is None:
            there[one.kind, one.value] = one
    kept = [_over(one, said[key], now) if key in said else _retired(one, now) for key, one in there.items()]  # 2.
    doubled = [one for one in before.contacts if one not in there.values()]
    came = [replace(one, changed_at=max(one.changed_at, now)) for key, one in said.items() if key not in there]  # 4.
    new = [_contact(one, before.account.id, ids) for one in came]
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


def _authenticators(before: Holding, record: Record, ids: Ids, now: datetime) -> tuple[Authenticator, ...]:
    left = list(before.authenticators)
    after = []
    for bound in record.authenticators:
        same = next((one for one in left if _is_same(one, bound)), None)
        if same is None:
            new = replace(bound, bound_at=max(bound.bound_at, now))  # 4.
            after.append(_authenticator(new, before.account.id, ids))
        else:
            left.remove(same)
            after.append(same)  # 3.
    return tuple(after)


def _is_same(there: Authenticator, bound: Bound) -> bool:
    if there.kind is not bound.kind:
        return False
    return there.secret == bound.secret if there.secret or bound.secret else there.label == bound.label


def _codes(record: Record, account_id: AccountId, version: int) -> RecoveryCodes | None:
    said = record.recovery_codes
    if said is None:
        return None
    return RecoveryCodes(id=account_id, version=version, salt=said.salt, digests=said.digests, issued_at=said.issued_at)


def _codes_over(before: Holding, record: Record, now: datetime) -> RecoveryCodes | None:
    """A set that is there already stays as it is: some of its codes may have been used up (N-REC-05)."""
    there, said = before.recovery_codes, record.recovery_codes
    if there is not None and said is not None and there.salt == said.salt:
        return there
    new = _codes(record, before.account.id, version=there.version + 1 if there else 1)
    return replace(new, issued_at=max(new.issued_at, now)) if new else None  # 4.


def _devices(record: Record, account_id: AccountId, ids: Ids) -> tuple[TrustedDevice, ...]:
    return tuple(
        TrustedDevice(id=ids.new("dev"), account_id=account_id, label=one.label, seen_at=one.seen_at)
        for one in record.devices
    )


def _sessions(record: Record, account_id: AccountId, ids: Ids) -> tuple[CustomerSession, ...]:
    return tuple(CustomerSession(id=ids.new("cses"), account_id=account_id, started_at=at) for at in record.sessions)
