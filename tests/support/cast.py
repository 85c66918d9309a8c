"""Staff and customers in a server's data directory, with everything that only they know."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import insert

from services.app import Parts, build
from services.commands.opening import prepare
from services.domain import answering, verification
from services.domain import case as cases
from services.domain.account import Account, Authenticator, ContactPoint, RecoveryCodes
from services.domain.answering import Fit
from services.domain.case import Case
from services.domain.one_time import TotpKey, new_totp_key, recovery_codes
from services.domain.outcome import Entry, Outcome
from services.domain.staff import Staff, with_permissions
from services.domain.verification import Check
from services.secret import Secret
from services.settings import Settings
from services.storage import tables
from services.storage.bulk import DEVICES, TrustedDevice
from services.storage.unit_of_work import Work
from services.usecases import staff as usecase
from services.vocabulary import (
    SYSTEM,
    AccountId,
    ActorId,
    AuthenticatorId,
    AuthenticatorKind,
    CaseId,
    Channel,
    CheckId,
    ContactKind,
    ContactPointId,
    Event,
    Method,
    SignalAnswer,
    StaffId,
)
from tests.support.world import Customer, Person

PASSWORD = "Kanarienvogel auf der Stange"
"""Of everybody, until a customer sets another one."""
SURNAME = "Wrzesniewska"
DOMAIN = "canary-postbox.example"
USER_NAME = "canary.user"
"""Words that stand nowhere but in personal data, so that one search finds any of it."""
OLD = timedelta(days=400)
WHILE = timedelta(minutes=8)
"""How long a check that was written here may be answered."""


@contextmanager
def opened(settings: Settings) -> Iterator["Cast"]:
    """The data directory, made ready as the service does it, open for filling and for looking."""
    prepare(settings, new=True)
    parts = build(settings)
    try:
        yield Cast(parts)
    finally:
        parts.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What tells one customer from another."""

    totp: bool = False
    codes: bool = False
    locked: bool = False
    sessions: int = 0
    devices: int = 0


class Cast:
    """Adds people to the data that *parts* hold."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.service, self.storage = parts.service, parts.storage
        self._hash = self.service.passwords.hashed(Secret(PASSWORD))
        self._now = self.service.clock()
        self._made = 0

    def agents(self, count: int, role: str = "agent") -> list[Person]:
        """Members of staff who can sign in."""
        with self.storage.changing() as work:
            people = [self._person(work, f"{role}{nth}", role) for nth in range(count)]
        return [replace(one, staff=with_permissions(one.staff, self.service.roles)) for one in people]

    def customers(self, count: int, traits: Traits | None = None) -> list[Customer]:
        """Customers with a phone and an e-mail address, no two alike."""
        first, self._made = self._made, self._made + count
        entry = Entry(event=Event.ACCOUNTS_IMPORTED, at=self._now, actor=SYSTEM, details={"count": count})
        with self.storage.changing() as work:
            work.record(Outcome(state=None, entry=entry))
            return [self._customer(work, nth, traits or Traits()) for nth in range(first, first + count)]

    def case(self, work: Work, agent: Person, who: Customer) -> Case:
        """A case with its account found: past the look-up, so that no look-up is used up."""
        now = self.service.clock()
        case = Case(
            id=CaseId(self.service.new_id("case")),
            number=self.service.new_case_number(),
            channel=Channel.PHONE,
            reference="T-1042",
            agent_id=agent.staff.id,
            account_id=who.account.id,
            lookup="matched",
            opened_at=now,
        )
        return work.cases.put(work.record(cases.open_case(case, agent.staff, now)))

    def check(self, work: Work, case: Case, who: Customer, method: Method, code: str = "") -> Check:
        """A check that waits for its answer: *code*, if it is one that we send."""
        now, check_id = self.service.clock(), CheckId(self.service.new_id("chk"))
        check = Check(
            id=check_id,
            case_id=case.id,
            account_id=who.account.id,
            method=method,
            contact_id=who.phone.id if code and who.phone else None,
            authenticator_id=who.authenticator.id if method is Method.TOTP and who.authenticator else None,
            started_at=now,
            expires_at=now + WHILE,
            code_digest=work.code_digest(f"check:{check_id}", code) if code else None,
            sim_swap=SignalAnswer.NO,
        )
        return work.checks.put(work.record(verification.start(check, ActorId(case.agent_id), now)))

    def passed(self, work: Work, case: Case, who: Customer, method: Method) -> Check:
        """A check that was passed: evidence of the case."""
        check = self.check(work, case, who, method, "" if method is Method.RECOVERY_CODE else "123456")
        dossier, policy, now = work.accounts.dossier(check.account_id), self.service.policy, self.service.clock()
        settled = answering.settle(check, dossier, Fit.RIGHT, ActorId(case.agent_id), policy, now)
        return work.checks.put(work.record(settled).check)

    def _person(self, work: Work, login: str, role: str) -> Person:
        key = new_totp_key(secrets.token_bytes)
        staff = Staff(
            id=StaffId(self.service.new_id("stf")),
            login=login,
            name=f"Ada {login.capitalize()}",
            role=role,
            password_hash=self._hash,
            totp_secret=key.secret.reveal(),
            created_at=self._now,
        )
        return Person(staff=usecase.add(self.service, work, SYSTEM, staff), key=key)

    def _customer(self, work: Work, nth: int, traits: Traits) -> Customer:
        since = self._now - OLD
        account = work.accounts.put(
            Account(
                id=AccountId(self.service.new_id("acct")),
                name=f"Amara {SURNAME} {nth}",
                username=f"{USER_NAME}{nth}",
                customer_number=f"RC{7_700_000 + nth}",
                privileged=False,
                created_at=since,
                locked_at=self._now if traits.locked else None,
                password_hash=self._hash,
            )
        )
        key = new_totp_key(secrets.token_bytes) if traits.totp else None
        self._signed_in(work, account, traits)
        return Customer(
            account=account,
            phone=work.contacts.put(self._contact(account, ContactKind.PHONE, f"+447700{900_000 + nth}")),
            email=work.contacts.put(self._contact(account, ContactKind.EMAIL, f"amara{nth}@{DOMAIN}")),
            authenticator=work.authenticators.put(self._authenticator(account, key)) if key else None,
            key=key,
            codes=self._codes(work, account) if traits.codes else (),
        )

    def _signed_in(self, work: Work, account: Account, traits: Traits) -> None:
        for _ in range(traits.sessions):
            row = {"id": self.service.new_id("cs"), "account_id": account.id, "started_at": self._now}
            work.connection.execute(insert(tables.customer_sessions).values(row))
        for _ in range(traits.devices):
            device = TrustedDevice(
                id=self.service.new_id("dev"), account_id=account.id, label="Phone", seen_at=self._now
            )
            work.connection.execute(insert(tables.trusted_devices).values(DEVICES.row(device, self.parts.sealer)))

    def _contact(self, account: Account, kind: ContactKind, value: str) -> ContactPoint:
        return ContactPoint(
            id=ContactPointId(self.service.new_id("cp")),
            account_id=account.id,
            kind=kind,
            value=value,
            verified_at=account.created_at,
            changed_at=account.created_at,
            sim_swap=SignalAnswer.NO if kind is ContactKind.PHONE else SignalAnswer.UNKNOWN,
        )

    def _authenticator(self, account: Account, key: TotpKey) -> Authenticator:
        return Authenticator(
            id=AuthenticatorId(self.service.new_id("auth")),
            account_id=account.id,
            kind=AuthenticatorKind.TOTP,
            label="Authenticator app",
            secret=key.secret.reveal(),
            bound_at=account.created_at,
        )

    def _codes(self, work: Work, account: Account) -> tuple[Secret[str], ...]:
        saved, salt = recovery_codes(secrets.token_bytes), secrets.token_bytes(16)
        digests = tuple(self.service.passwords.code_digest(salt, code) for code in saved[:1])
        codes = RecoveryCodes(id=account.id, salt=salt, digests=digests, issued_at=account.created_at)
        work.recovery_codes.put(codes)
        return saved[:1]
