"""What is asked of the tables beside rows by value. Each statement is made once: making takes longer than running."""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Delete,
    Integer,
    ScalarSelect,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from services.domain.case import NOTHING_HAPPENED
from services.domain.recovery import UNSETTLED
from services.storage import tables
from services.vocabulary import ActionState, CaseState, CheckState, MessageState

_staff, _sessions = tables.staff.c, tables.staff_sessions.c
_accounts, _contacts = tables.accounts.c, tables.contact_points.c
_cases, _checks, _actions, _messages = tables.cases.c, tables.checks.c, tables.actions.c, tables.messages.c
_now: BindParameter[Any] = bindparam("now")
_after: BindParameter[Any] = bindparam("after")
_index: BindParameter[Any] = bindparam("index")
_count = bindparam("count", type_=Integer)


def _of_account(table: Table, *where: ColumnElement[bool]) -> ScalarSelect[int]:
    mine = table.c.account_id == bindparam("account_id")
    return select(func.count()).select_from(table).where(mine, *where).scalar_subquery()


EVERYBODY = select(tables.staff).order_by(_staff.login)

HOLDER: Select[Any] = (
    select(tables.staff_sessions, tables.staff)
    .join_from(tables.staff_sessions, tables.staff, _sessions.staff_id == _staff.id)
    .where(_sessions.token_digest == bindparam("digest"))
)
"""A session and whose it is: the columns of the one, then those of the other."""

END_SESSIONS: Update = (
    update(tables.staff_sessions)
    .where(_sessions.staff_id == bindparam("of"), _sessions.ended_at.is_(None))
    .values(ended_at=_now)
)
END_SESSION: Update = update(tables.staff_sessions).where(_sessions.id == bindparam("of")).values(ended_at=_now)
TOUCH_SESSION: Update = update(tables.staff_sessions).where(_sessions.id == bindparam("of")).values(seen_at=_now)

HOUR = select(tables.budgets).where(tables.budgets.c.id.in_([bindparam("lookups"), bindparam("reveals")]))
"""Somebody's two budgets."""

BY_CUSTOMER_NUMBER: Select[str] = select(_accounts.id).where(_accounts.customer_number_index == _index).limit(2)
BY_USER_NAME: Select[str] = select(_accounts.id).where(_accounts.username_index == _index).limit(2)
BY_CONTACT: Select[str] = (
    select(_contacts.account_id).where(_contacts.value_index == _index, _contacts.retired_at.is_(None)).limit(2)
)
NEXT_CONTACT: Select[str] = (
    select(_contacts.account_id).where(_contacts.value_index >= _index).order_by(_contacts.value_index).limit(1)
)
FIRST_CONTACT: Select[str] = select(_contacts.account_id).order_by(_contacts.value_index).limit(1)
HOLDING: Select[Any] = select(
    tables.accounts,
    _of_account(tables.trusted_devices).label("trusted_devices"),
    _of_account(tables.customer_sessions).label("sessions"),
    _of_account(tables.reviews, tables.reviews.c.closed_at.is_(None)).label("open_reviews"),
).where(_accounts.id == bindparam("account_id"))
"""An account, and how many it has of what only the number matters."""

CASES_OF_AGENT = select(tables.cases).where(_cases.agent_id == bindparam("agent_id"))
CASES_OF_AGENT = CASES_OF_AGENT.order_by(_cases.id.desc()).limit(_count)
OLDER_CASES_OF_AGENT = CASES_OF_AGENT.where(_cases.id < _after)

_entries = tables.audit_entries.c
_since = bindparam("since", type_=tables.Utc)
_last_at = (
    select(_entries.at)
    .where(_entries.case_id == _cases.id, _entries.event.not_in(sorted(NOTHING_HAPPENED)))
    .order_by(_entries.serial.desc())
    .limit(1)
    .scalar_subquery()
)
IDLE_CASES: Select[str] = (
    select(_cases.id)
    .where(
        and_(_cases.state == CaseState.OPEN, _cases.opened_at <= _since, _last_at <= _since),
        _cases.id.not_in(select(_checks.case_id).where(_checks.state == CheckState.PENDING)),
        _cases.id.not_in(select(_actions.case_id).where(_actions.state.in_(sorted(UNSETTLED)))),
    )
    .order_by(_cases.opened_at)
    .limit(_count)
)
"""Of each old open case the newest entry that counts is looked at, and no more of them."""

OVERDUE_CHECKS: Select[str] = (
    select(_checks.id)
    .where(_checks.state == CheckState.PENDING, _checks.expires_at <= _now)
    .order_by(_checks.id)
    .limit(_count)
)

PENDING_CHECKS = select(tables.checks).where(_checks.state == CheckState.PENDING).order_by(_checks.id).limit(_count)

_unsettled = and_(_actions.account_id == bindparam("account_id"), _actions.state.in_(sorted(UNSETTLED)))
UNSETTLED_ACTIONS = select(tables.actions).where(_unsettled).order_by(_actions.id)
ACTIONS_AROUND = (
    select(tables.actions).where(or_(_actions.case_id == bindparam("case_id"), _unsettled)).order_by(_actions.id)
)
DUE_ACTIONS: Select[str] = (
    select(_actions.id)
    .where(_actions.state == ActionState.COOLING, _actions.due_at <= _now)
    .order_by(func.random())
    .limit(_count)
)
"""By chance: some wait for a notice to be sent, for hours if need be, and keep none of the others waiting."""
OVERDUE_ACTIONS: Select[str] = (
    select(_actions.id)
    .where(_actions.state == ActionState.HANDED_OVER, _actions.link_expires_at <= _now)
    .order_by(_actions.id)
    .limit(_count)
)

UNDER_WAY = select(tables.actions).where(_actions.state.in_(sorted(UNSETTLED))).order_by(_actions.id).limit(_count)

QUEUED_MESSAGES = (
    select(tables.messages).where(_messages.state == MessageState.QUEUED).order_by(_messages.id).limit(_count)
)
_sent_at = bindparam("sent_at", type_=tables.Utc)
SENT_AFTER = (
    select(tables.messages)
    .where(
        _messages.state == MessageState.SENT,
        or_(_messages.sent_at > _sent_at, and_(_messages.sent_at == _sent_at, _messages.id > _after)),
    )
    .order_by(_messages.sent_at, _messages.id)
    .limit(_count)
)

_first: BindParameter[Any] = bindparam("first")
_before = bindparam("before", type_=tables.Utc)


def _forget(table: Table, spent: ColumnElement[bool]) -> Delete:
    """Ids sort by when they were made: what may be spent stands together, at the beginning."""
    oldest = select(table.c.id).where(table.c.id < _first, spent).order_by(table.c.id).limit(_count)
    return delete(table).where(table.c.id.in_(oldest))


FORGET_SPENT = {
    "msg": _forget(tables.messages, _messages.state != MessageState.QUEUED),
    "lnk": _forget(tables.links, tables.links.c.expires_at < _before),
    "ses": _forget(tables.staff_sessions, _sessions.seen_at < _before),
}
"""By what the ids of each begin with."""

_answers, _outbox = tables.idempotency.c, tables.outbox.c
TIMELINE = select(_entries.text).where(_entries.case_id == bindparam("case_id")).order_by(_entries.serial)
NEWEST_ENTRY: Select[str] = (
    select(_entries.text)
    .where(_entries.subject == bindparam("subject"), _entries.event == bindparam("event"))
    .order_by(_entries.serial.desc())
    .limit(1)
)
KEEP_ANSWER, ENQUEUE = insert(tables.idempotency), insert(tables.outbox)
_of_its_cases = select(_cases.id).where(_cases.account_id == bindparam("account_id"))
ERASE_PROSE: Delete = delete(tables.audit_prose).where(
    tables.audit_prose.c.serial.in_(
        select(_entries.serial).where(
            or_(_entries.subject == bindparam("account_id"), _entries.case_id.in_(_of_its_cases))
        )
    )
)
ERASE_NOTES: Delete = delete(tables.notes).where(tables.notes.c.case_id == bindparam("of"))
APPEND, APPEND_PROSE = insert(tables.audit_entries), insert(tables.audit_prose)
KEPT_ANSWER = select(tables.idempotency).where(_answers.id == bindparam("of"))
SETTLE_EFFECT: Update = update(tables.outbox).where(_outbox.id == bindparam("of")).values(settled_at=_now)
