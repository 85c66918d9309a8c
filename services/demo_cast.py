"""The demo's cast: reads who they are, and puts them into a database with secrets that are drawn anew each time."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import insert

from services.app import Parts
from services.domain.account import Account, Authenticator, ContactPoint, RecoveryCodes
from services.domain.containment import Review
from services.domain.one_time import grouped, new_totp_key, recovery_codes, totp_secret_text
from services.domain.outcome import Entry, Outcome
from services.domain.staff import Staff
from services.secret import Secret
from services.storage import tables
from services.storage.bulk import DEVICES, TrustedDevice
from services.storage.unit_of_work import Work
from services.usecases import staff as usecase
from services.vocabulary import (
    SYSTEM,
    AccountId,
    AuthenticatorId,
    AuthenticatorKind,
    ContactKind,
    ContactPointId,
    Event,
    SignalAnswer,
    StaffId,
)

_WORDS = (
    "amber",
    "birch",
    "cobalt",
    "delta",
    "ember",
    "fjord",
    "garnet",
    "harbor",
    "indigo",
    "juniper",
    "kelp",
    "lilac",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CastStaff:
    """A member of the demo's staff, with what they sign in with."""

    login: str
    name: str
    role: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CastCustomer:
    """A customer of the cast, with what only they know."""

    id: str
    name: str
    story: str
    email: str
    phone: str
    customer_number: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False)


def read_cast() -> Mapping[str, Any]:
    """The cast as it is written down."""
    return tomllib.loads(files("resources").joinpath("demo", "cast.toml").read_text(encoding="utf-8"))


def load_cast(parts: Parts) -> tuple[tuple[CastStaff, ...], tuple[CastCustomer, ...]]:
    """Put the whole cast into an empty database; who they are, and what they know."""
    cast = read_cast()
    staff = tuple(_staff(parts, one) for one in cast["staff"])
    password = _password(parts)
    known = parts.service.passwords.hashed(Secret(password))
    return staff, tuple(_customer(parts, one, password, known) for one in cast["customer"])


def _password(parts: Parts) -> str:
    drawn = [_WORDS[parts.service.randomness.below(len(_WORDS))] for _ in range(4)]
    return " ".join([*drawn, str(parts.service.randomness.below(900) + 100)])


def _staff(parts: Parts, written: Mapping[str, Any]) -> CastStaff:
    service, password = parts.service, _password(parts)
    key = new_totp_key(service.randomness.octets)
    staff = Staff(
        id=StaffId(service.new_id("stf")),
        login=written["login"],
        name=written["name"],
        role=written["role"],
        password_hash=service.passwords.hashed(Secret(password)),
        totp_secret=key.secret.reveal(),
        created_at=service.clock(),
    )
    with parts.storage.changing() as work:
        usecase.add(service, work, SYSTEM, staff)
    secret = totp_secret_text(key).reveal().replace(" ", "")
    return CastStaff(login=staff.login, name=staff.name, role=staff.role, password=password, totp_secret=secret)


def _customer(parts: Parts, written: Mapping[str, Any], password: str, known: str) -> CastCustomer:
    service, now = parts.service, parts.service.clock()
    account = Account(
        id=AccountId(service.new_id("acct")),
        name=written["name"],
        username=written["username"],
        customer_number=written["customer_number"],
        privileged=written.get("privileged", False),
        created_at=now - timedelta(days=written["created_days"]),
        last_sign_in_at=now - timedelta(days=written["last_sign_in_days"]) if "last_sign_in_days" in written else None,
        locked_at=now - timedelta(hours=1) if written.get("locked") else None,
        frozen_at=now - timedelta(days=1) if written.get("frozen") else None,
        password_hash=known,
    )
    with parts.storage.changing() as work:
        entry = Entry(event=Event.ACCOUNTS_IMPORTED, at=now, actor=SYSTEM, subject=account.id, details={"count": 1})
        work.record(Outcome(state=None, entry=entry))
        work.accounts.put(account)
        contacts = [_contact(parts, work, account, one, now) for one in written["contacts"]]
        secret = _authenticators(parts, work, account, written.get("authenticators", ()), now)
        codes = _codes(parts, work, account, written, now)
        _devices_and_sessions(parts, work, account, written, now)
    current = {contact.kind: contact.value for contact in contacts if contact.retired_at is None}
    return CastCustomer(
        id=written["id"],
        name=account.name,
        story=written["story"],
        email=current.get(ContactKind.EMAIL, ""),
        phone=current.get(ContactKind.PHONE, ""),
        customer_number=account.customer_number,
        password=password,
        totp_secret=secret,
        recovery_codes=codes,
    )


def _contact(parts: Parts, work: Work, account: Account, written: Mapping[str, Any], now: datetime) -> ContactPoint:
    since = now - timedelta(days=written["days"])
    swapped, retired = written.get("sim_swapped_days"), written.get("retired_days")
    contact = ContactPoint(
        id=ContactPointId(parts.service.new_id("cp")),
        account_id=account.id,
        kind=ContactKind(written["kind"]),
        value=written["value"],
        verified_at=since if written.get("verified", True) else None,
        changed_at=since,
        retired_at=None if retired is None else now - timedelta(days=retired),
        sim_swap=SignalAnswer(written.get("sim_swap", "unknown")),
        sim_swapped_at=None if swapped is None else now - timedelta(days=swapped),
    )
    return work.contacts.put(contact)


def _authenticators(parts: Parts, work: Work, account: Account, written: Any, now: datetime) -> str:
    """Binds what is written; the secret of the TOTP app, if there is one."""
    shown = ""
    for one in written:
        kind = AuthenticatorKind(one["kind"])
        key = new_totp_key(parts.service.randomness.octets) if kind is AuthenticatorKind.TOTP else None
        shown = totp_secret_text(key).reveal().replace(" ", "") if key else shown
        work.authenticators.put(
            Authenticator(
                id=AuthenticatorId(parts.service.new_id("auth")),
                account_id=account.id,
                kind=kind,
                label=one["label"],
                secret=key.secret.reveal() if key else None,
                bound_at=now - timedelta(days=one["days"]),
            )
        )
    return shown


def _codes(parts: Parts, work: Work, account: Account, written: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    """Two saved codes, so that the demo starts at once; a real set has ten."""
    if "recovery_codes_days" not in written:
        return ()
    codes, salt = recovery_codes(parts.service.randomness.octets, 2), parts.service.randomness.octets(16)
    digests = tuple(parts.service.passwords.code_digest(salt, code) for code in codes)
    issued = now - timedelta(days=written["recovery_codes_days"])
    work.recovery_codes.put(RecoveryCodes(id=account.id, salt=salt, digests=digests, issued_at=issued))
    return tuple(grouped(code.reveal()) for code in codes)


def _devices_and_sessions(
    parts: Parts, work: Work, account: Account, written: Mapping[str, Any], now: datetime
) -> None:
    for label in written.get("devices", ()):
        device = TrustedDevice(id=parts.service.new_id("dev"), account_id=account.id, label=label, seen_at=now)
        work.connection.execute(insert(tables.trusted_devices).values(DEVICES.row(device, parts.sealer)))
    for _ in range(written.get("sessions", 0)):
        session = {"id": parts.service.new_id("cses"), "account_id": account.id, "started_at": now}
        work.connection.execute(insert(tables.customer_sessions).values(session))
    if written.get("frozen"):
        review = Review(id=f"rev_{account.id}", account_id=account.id, case_id=None, reason="repudiated", opened_at=now)
        work.reviews.put(review)
