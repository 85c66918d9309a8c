"""How each kind of state stands in its table: what is sealed, what is indexed, what is written as JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from services.domain.account import Account, Authenticator, ContactPoint, RecoveryCodes
from services.domain.attempts import Attempts
from services.domain.budget import Budget
from services.domain.case import Case, CaseNote
from services.domain.containment import Review
from services.domain.handover import Link, Message
from services.domain.identifiers import Kind
from services.domain.recovery import Action, StepRecord
from services.domain.staff import Staff, StaffSession
from services.domain.verification import Check
from services.storage import tables
from services.storage.mapping import HEX_LIST, LIST, Codec, Mapper
from services.storage.sealing import Sealer
from services.vocabulary import (
    StepKind,
    StepState,
)


def _steps(steps: Iterable[StepRecord]) -> str:
    """As JSON, to be sealed: a result may be a masked address, which is personal still."""
    return json.dumps(
        [{**asdict(step), "done_at": step.done_at.isoformat() if step.done_at else None} for step in steps]
    )


def _read_steps(stored: str) -> tuple[StepRecord, ...]:
    return tuple(
        StepRecord(
            kind=StepKind(step["kind"]),
            state=StepState(step["state"]),
            result=step["result"],
            done_at=datetime.fromisoformat(step["done_at"]) if step["done_at"] else None,
        )
        for step in json.loads(stored)
    )


def _account_indexes(account: Account, sealer: Sealer) -> dict[str, Any]:
    number, username = account.customer_number, account.username
    return {
        "customer_number_index": sealer.blind_index(Kind.CUSTOMER_NUMBER, number),
        "username_index": sealer.blind_index(Kind.USER_NAME, username) if username else None,
    }


def _contact_index(contact: ContactPoint, sealer: Sealer) -> dict[str, Any]:
    return {"value_index": sealer.blind_index(contact.kind, contact.value)}


STAFF = Mapper(Staff, tables.staff, sealed=frozenset({"totp_secret"}), left_out=frozenset({"permissions"}))
SESSIONS = Mapper(StaffSession, tables.staff_sessions)
ACCOUNTS = Mapper(
    Account, tables.accounts, sealed=frozenset({"name", "username", "customer_number"}), extra=_account_indexes
)
CONTACTS = Mapper(ContactPoint, tables.contact_points, sealed=frozenset({"value"}), extra=_contact_index)
AUTHENTICATORS = Mapper(Authenticator, tables.authenticators, sealed=frozenset({"label", "secret"}))
RECOVERY_CODES = Mapper(RecoveryCodes, tables.recovery_codes, codecs={"digests": HEX_LIST})
ATTEMPTS = Mapper(Attempts, tables.attempts)
BUDGETS = Mapper(Budget, tables.budgets)
CASES = Mapper(Case, tables.cases, sealed=frozenset({"reference"}), codecs={"revealed": LIST})
CHECKS = Mapper(Check, tables.checks, sealed=frozenset({"read_out"}))
ACTIONS = Mapper(
    Action,
    tables.actions,
    sealed=frozenset({"about", "steps"}),
    codecs={"evidence": LIST, "steps": Codec(to_column=_steps, to_field=_read_steps)},
)
LINKS = Mapper(Link, tables.links)
MESSAGES = Mapper(Message, tables.messages, sealed=frozenset({"address", "subject", "body"}))
REVIEWS = Mapper(Review, tables.reviews)
NOTES = Mapper(CaseNote, tables.notes, sealed=frozenset({"text"}))
