"""When what belongs to an account was last replaced or removed here, as the audit log has it: no file undoes that."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from services.storage.bulk import ASKED_AT_ONCE
from services.storage.tables import audit_entries
from services.vocabulary import AccountId, Event, StepKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneHere:
    """When each was last replaced or removed by a recovery; None: never."""

    password_at: datetime | None = None
    authenticators_at: datetime | None = None
    """One was bound or removed."""
    codes_at: datetime | None = None
    devices_at: datetime | None = None
    sessions_at: datetime | None = None
    bound: frozenset[str] = frozenset()
    """The ids of the authenticators that the owner bound here, removed since or not."""


NOTHING = DoneHere()
_TOUCHES: Mapping[str, tuple[str, ...]] = {
    Event.PASSWORD_SET: ("password_at", "sessions_at"),
    Event.AUTHENTICATOR_BOUND: ("authenticators_at",),
    Event.RECOVERY_CODES_REPLACED: ("codes_at",),
    StepKind.REMOVE_AUTHENTICATOR: ("authenticators_at",),
    StepKind.FORGET_DEVICES: ("devices_at",),
    StepKind.REVOKE_SESSIONS: ("sessions_at",),
}
"""What an entry, or the step that it says was done, replaces or removes."""
_EVENTS = (*(event for event in _TOUCHES if isinstance(event, Event)), Event.STEP_DONE)


def done_here(connection: Connection, ids: Sequence[AccountId]) -> Mapping[AccountId, DoneHere]:
    """What was done to each account; to one that is not among them, nothing."""
    done: dict[AccountId, DoneHere] = defaultdict(lambda: NOTHING)
    table = audit_entries.c
    for start in range(0, len(ids), ASKED_AT_ONCE):
        asked = ids[start : start + ASKED_AT_ONCE]
        query = select(table.subject, table.event, table.at, table.text).where(
            table.subject.in_(asked), table.event.in_(_EVENTS)
        )
        for subject, event, at, text in connection.execute(query.order_by(table.serial)):
            done[AccountId(subject)] = _after(done[AccountId(subject)], event, at, text)
    return done


def _after(before: DoneHere, event: str, at: datetime, text: str) -> DoneHere:
    details = json.loads(text)["details"]
    touched = _TOUCHES.get(details["step"] if event == Event.STEP_DONE else event, ())
    moments: dict[str, Any] = dict.fromkeys(touched, at)
    if event == Event.AUTHENTICATOR_BOUND:
        before = replace(before, bound=before.bound | {str(details.get("id"))})
    return replace(before, **moments)
