"""Facts to decide about, each with whatever a test does not care for filled in: policies, dossiers, checks, staff."""

import tomllib
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from services.domain import attempts as limits
from services.domain.account import Account, Authenticator, ContactPoint, Dossier, RecoveryCodes
from services.domain.assurance import Evidence
from services.domain.attempts import Attempts
from services.domain.case import Case
from services.domain.outcome import Refused, Why
from services.domain.policy import Policy, RequirementPolicy
from services.domain.policy_reading import PolicyError, read_policy
from services.domain.recovery import STEPS, Action, StepRecord
from services.domain.recovery_rules import Possibility, Setting
from services.domain.staff import Staff
from services.domain.verification import Check, evidence_of
from services.vocabulary import (
    AccountId,
    ActionId,
    ActionKind,
    ActionState,
    AuthenticatorId,
    AuthenticatorKind,
    CaseId,
    CaseState,
    Channel,
    CheckId,
    CheckState,
    ContactKind,
    ContactPointId,
    EvidenceClass,
    Method,
    Objection,
    Permission,
    SignalAnswer,
    StaffId,
)
from tests.architecture.source import ROOT

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
ACCOUNT = AccountId("acct_1")
CASE = CaseId("case_1")
PHONE = ContactPointId("phone")
EMAIL = ContactPointId("email")
APP = AuthenticatorId("app")
MICROSECOND = timedelta(microseconds=1)

ISSUED, SAVED = EvidenceClass.ISSUED_CODE, EvidenceClass.SAVED_CODE
BOUND, CONTACT = EvidenceClass.BOUND_AUTHENTICATOR, EvidenceClass.CONTACT_CODE

Thing = Account | ContactPoint | Authenticator | RecoveryCodes | Attempts


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads((ROOT / "resources/policy/recovery.toml").read_text("utf-8"))


def policy_table(*changes: tuple[str, object]) -> dict[str, Any]:
    """The policy that ships, as it is parsed, with values put at dotted places."""
    table = deepcopy(_shipped())
    for place, value in changes:
        *folders, last = place.split(".")
        inner = table
        for folder in folders:
            inner = inner[folder]
        inner[last] = value
    return table


def policy(*changes: tuple[str, object]) -> Policy:
    """The policy that ships, with values put at dotted places."""
    return read_policy(policy_table(*changes))


def faults(table: dict[str, Any]) -> list[str]:
    """Every fault of a policy's table; none when it can be used."""
    try:
        read_policy(table)
    except PolicyError as error:
        return error.faults
    return []


POLICY = policy()


def account(**changes: Any) -> Account:
    """An account that nothing is wrong with."""
    usual = Account(
        id=ACCOUNT,
        name="Amara Okafor",
        username="amara",
        customer_number="RC1",
        privileged=False,
        created_at=LONG_AGO,
        password_hash="hash",
    )
    return replace(usual, **changes)


def phone(name: str = PHONE, **changes: Any) -> ContactPoint:
    """A phone on file for long, its SIM known not to have been swapped."""
    usual = ContactPoint(
        id=ContactPointId(name),
        account_id=ACCOUNT,
        kind=ContactKind.PHONE,
        value=f"+447{int.from_bytes(name.encode()) % 10**9:09}",
        verified_at=LONG_AGO,
        changed_at=LONG_AGO,
        sim_swap=SignalAnswer.NO,
    )
    return replace(usual, **changes)


def email(name: str = EMAIL, **changes: Any) -> ContactPoint:
    """An e-mail address on file for long."""
    usual = replace(phone(name), kind=ContactKind.EMAIL, value=f"{name}@postbox.example", sim_swap=SignalAnswer.UNKNOWN)
    return replace(usual, **changes)


def app(name: str = APP, **changes: Any) -> Authenticator:
    """An authenticator app bound for long."""
    usual = Authenticator(
        id=AuthenticatorId(name),
        account_id=ACCOUNT,
        kind=AuthenticatorKind.TOTP,
        label=name,
        secret=b"s" * 20,
        bound_at=LONG_AGO,
    )
    return replace(usual, **changes)


def codes(**changes: Any) -> RecoveryCodes:
    """Saved codes issued long ago."""
    return replace(RecoveryCodes(id=ACCOUNT, salt=b"s", digests=(b"1", b"2"), issued_at=LONG_AGO), **changes)


def attempts(bucket: str, **changes: Any) -> Attempts:
    """A counter, its newest failure now."""
    return replace(limits.none_yet(ACCOUNT, bucket, NOW), **changes)


def dossier(*things: Thing, **changes: Any) -> Dossier:
    """An account with these things on file, and with one device and one session."""
    found: dict[str, Any] = {
        "account": next((one for one in things if isinstance(one, Account)), account()),
        "contacts": tuple(one for one in things if isinstance(one, ContactPoint)),
        "authenticators": tuple(one for one in things if isinstance(one, Authenticator)),
        "recovery_codes": next((one for one in things if isinstance(one, RecoveryCodes)), None),
        "attempts": {one.bucket: one for one in things if isinstance(one, Attempts)},
    }
    return Dossier(**{"trusted_devices": 1, "sessions": 1, **found, **changes})


def check(method: Method, target: str | None = None, **changes: Any) -> Check:
    """A check that waits for its answer, started now."""
    usual = Check(
        id=CheckId(f"chk_{method}_{target}"),
        case_id=CASE,
        account_id=ACCOUNT,
        method=method,
        contact_id=None if method in (Method.TOTP, Method.RECOVERY_CODE) else target,
        authenticator_id=target if method is Method.TOTP else None,
        started_at=NOW,
        expires_at=NOW + POLICY.methods[method].valid,
        sim_swap=SignalAnswer.NO,
    )
    return replace(usual, **changes)


def passed(method: Method, target: str | None = None, **changes: Any) -> Check:
    """A check that was passed now."""
    return replace(check(method, target), state=CheckState.PASSED, settled_at=NOW, **changes)


def proof(evidence: EvidenceClass, thing: str = "", *, exposed: bool = True, confirmed: bool = True) -> Evidence:
    """Evidence of a class, standing on something."""
    return Evidence(
        evidence=evidence, depends_on=frozenset({thing or f"its own {evidence}"}), exposed=exposed, confirmed=confirmed
    )


def requirement(
    *any_of: tuple[EvidenceClass, ...], unexposed: int = 0, confirmed: bool = False, name: str = "made up"
) -> RequirementPolicy:
    """Something to prove, by any of the alternatives."""
    return RequirementPolicy(
        name=name, any_of=any_of, unexposed_at_least=unexposed, confirmed=confirmed, source="this test"
    )


def setting(
    facts: Dossier, *checks: Check, running: Iterable[Possibility] = (), rules: Policy = POLICY, now: datetime = NOW
) -> Setting:
    """The circumstances of an action, with these checks run in its case."""
    evidence = evidence_of(checks, facts, rules, now)
    return Setting(dossier=facts, evidence=evidence, running=frozenset(running), policy=rules, now=now)


def action(kind: ActionKind = ActionKind.RESET_LINK, **changes: Any) -> Action:
    """An action that runs, with no step done."""
    usual = Action(
        id=ActionId("act_1"),
        case_id=CASE,
        account_id=ACCOUNT,
        kind=kind,
        target=None,
        about="",
        state=ActionState.RUNNING,
        requested_by=StaffId("stf_1"),
        requested_at=NOW,
        due_at=None,
        handover_to=None,
        policy=POLICY.edition,
        evidence=(),
        steps=tuple(StepRecord(kind=step) for step in STEPS[kind]),
    )
    return replace(usual, **changes)


def staff(name: str = "stf_1", *permissions: Permission, **changes: Any) -> Staff:
    """A member of staff; with every permission unless some are named."""
    usual = Staff(
        id=StaffId(name),
        login=name,
        name="Ada Lindqvist",
        role="agent",
        password_hash="",
        totp_secret=b"",
        created_at=LONG_AGO,
        permissions=frozenset(permissions or Permission),
    )
    return replace(usual, **changes)


def case(state: CaseState = CaseState.OPEN, **changes: Any) -> Case:
    """A case of `staff()`, its account found."""
    usual = Case(
        id=CASE,
        number="7H2K-Q4MX",
        channel=Channel.PHONE,
        reference="T-1042",
        agent_id=StaffId("stf_1"),
        account_id=ACCOUNT,
        state=state,
        opened_at=NOW,
    )
    return replace(usual, **changes)


def objections(reasons: Iterable[Why] | Refused) -> set[Objection]:
    """What is objected to."""
    return {why.code for why in (reasons.reasons if isinstance(reasons, Refused) else reasons)}
