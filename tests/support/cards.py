"""Cards as the service would send them, with the facts a test cares about and plausible others."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.contract.accounts import AccountCard
from services.contract.actions import ActionCard, Requirement
from services.contract.cases import CaseCard, CaseLine
from services.contract.checks import CheckCard, CodeShape, MethodCard
from services.contract.problems import Problem, ProblemCode, Reason
from services.contract.staff import SessionCard, StaffCard
from services.vocabulary import (
    AccountId,
    ActionKind,
    CaseId,
    CaseState,
    Channel,
    CheckId,
    CheckState,
    EvidenceClass,
    Method,
    Risk,
    StaffId,
    Tier,
)

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
"""The moment of every card."""
CASE = CaseId("case_1")
STAFF = StaffId("staff_1")


def session_card(**facts: Any) -> SessionCard:
    """Ana, an agent, signed in."""
    staff = StaffCard(
        id=STAFF,
        login="ana",
        name="Ana",
        role="agent",
        enabled=True,
    )
    usual: dict[str, Any] = {
        "staff": staff,
        "ends_at": NOW + timedelta(hours=12),
        "idle_seconds": 900,
        "log_key": "",
        "open_why_not": (),
    }
    return SessionCard(**(usual | facts))


def case_card(**facts: Any) -> CaseCard:
    """A case that was just opened."""
    usual: dict[str, Any] = {
        "id": CASE,
        "number": "K7-204",
        "version": 1,
        "state": CaseState.OPEN,
        "channel": Channel.PHONE,
        "reference": "T-1042",
        "opened_at": NOW,
        "lookup": "none",
        "lookups_left": 5,
        "risk": Risk.STANDARD,
        "account": None,
    }
    lists = dict.fromkeys(("risk_reasons", "methods", "checks", "actions", "recoveries", "timeline", "why_not"), ())
    lists |= dict.fromkeys(("lookup_why_not", "reveal_why_not", "note_why_not"), ())
    return CaseCard(**(lists | usual | facts))


def case_line(card: CaseCard) -> CaseLine:
    """The case in a list."""
    return CaseLine(
        id=card.id, number=card.number, state=card.state, reference=card.reference, opened_at=card.opened_at
    )


def account_card(**facts: Any) -> AccountCard:
    """An account with nothing on file."""
    usual: dict[str, Any] = {
        "id": AccountId("acct_1"),
        "name": "M··· K···",
        "customer_number": "10042",
        "tier": Tier.STANDARD,
        "created_at": NOW - timedelta(days=900),
        "last_sign_in_at": None,
        "locked": True,
        "frozen": False,
        "contacts": (),
        "authenticators": (),
        "recovery_codes_left": 0,
        "trusted_devices": 0,
        "sessions": 0,
    }
    return AccountCard(**(usual | facts))


def method_card(**facts: Any) -> MethodCard:
    """A text message that could be sent now."""
    usual: dict[str, Any] = {
        "option": "sms_code:cp_1",
        "method": Method.SMS_CODE,
        "target": "cp_1",
        "masked": "+44 ···· 123",
        "seconds": 40,
        "why_not": (),
        "suggested": True,
    }
    return MethodCard(**(usual | facts))


def check_card(**facts: Any) -> CheckCard:
    """A text message on its way."""
    usual: dict[str, Any] = {
        "id": CheckId("chk_1"),
        "method": Method.SMS_CODE,
        "target": "cp_1",
        "masked": "+44 ···· 123",
        "evidence": EvidenceClass.CONTACT_CODE,
        "exposed": True,
        "state": CheckState.PENDING,
        "started_at": NOW,
        "expires_at": NOW + timedelta(minutes=5),
        "lapses_at": None,
        "attempts_left": 5,
        "wrong_answers": 0,
        "code": CodeShape(length=6, letters=False),
        "read_out": None,
        "opened_by_owner": False,
        "counts": False,
    }
    return CheckCard(**(usual | facts))


def action_card(**facts: Any) -> ActionCard:
    """A reset link that could be sent now."""
    requirement = Requirement(
        name="one_proof",
        met=True,
        missing=(),
        next_options=(),
    )
    usual: dict[str, Any] = {
        "option": "reset_link:cp_1",
        "kind": ActionKind.RESET_LINK,
        "about": "m···@example.com",
        "requirement": requirement,
        "why_not": (),
        "needs_approval": False,
        "reason_needed": False,
        "cooling_seconds": 0,
    }
    return ActionCard(**(usual | facts))


def problem(code: ProblemCode, *reasons: Reason, status: int = 409, reference: str | None = None) -> Problem:
    """A problem as the service would send it."""
    return Problem(
        type=f"about:blank#{code}",
        title=code,
        status=status,
        code=code,
        detail="As the service words it.",
        reasons=reasons,
        reference=reference,
    )
