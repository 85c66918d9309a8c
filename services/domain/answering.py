"""Answers: when one is looked at, and what it does to the check and to the account's counters."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.domain import attempts as limits
from services.domain.account import Dossier
from services.domain.attempts import Attempts
from services.domain.methods import ISSUED
from services.domain.one_time import read_code, read_recovery_code
from services.domain.outcome import Detail, Entry, Outcome, Why, demand
from services.domain.policy import Policy
from services.domain.verification import Check, entry_of, moved_to, objections_of_limits, state_now
from services.vocabulary import SYSTEM, ActorId, CheckState, Event, Method, Objection


class Fit(StrEnum):
    """How an answer compares with what was expected."""

    RIGHT = "right"
    WRONG = "wrong"
    REPLAYED = "replayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A check after an answer, and the account's counters."""

    check: Check
    attempts: tuple[Attempts, ...]


def objections_to_answer(check: Check, dossier: Dossier, policy: Policy, now: datetime) -> tuple[Why, ...]:
    """Everything that stops an answer from even being looked at."""
    state = state_now(check, now)
    if state is CheckState.EXPIRED:
        return (Why(code=Objection.CHECK_EXPIRED, at=check.expires_at),)
    if state is not CheckState.PENDING:
        return (Why(code=Objection.CHECK_NOT_PENDING, about=state),)
    if dossier.account.frozen_at is not None:
        return (Why(code=Objection.ACCOUNT_FROZEN, at=dossier.account.frozen_at),)
    return objections_of_limits((check.bucket, limits.ANY), dossier, policy, now)


def read_answer(check: Check, typed: str) -> str | None:
    """What was meant by *typed*, as codes are compared; None if it cannot be an answer, which is not an attempt."""
    return read_recovery_code(typed) if check.method is Method.RECOVERY_CODE else read_code(typed)


def settle(check: Check, dossier: Dossier, fit: Fit, actor: ActorId, policy: Policy, now: datetime) -> Outcome[Settled]:
    """Judge an answer that was looked at.

    Raises:
        Refused: If anything objects to looking at it; nothing is counted then.
    """
    demand(objections_to_answer(check, dossier, policy, now))
    if fit is Fit.RIGHT:
        return _passed(check, dossier, actor, now)
    return _failed(check, dossier, fit, actor, policy, now)


def attempts_left(check: Check, attempts: Mapping[str, Attempts], policy: Policy, now: datetime) -> int:
    """How many answers can still be given before the next lock, of this factor or of all together."""
    buckets = (check.bucket, limits.ANY)
    return min(limits.left(attempts.get(name), limits.limits_of(name, policy), now) for name in buckets)


def _passed(check: Check, dossier: Dossier, actor: ActorId, now: datetime) -> Outcome[Settled]:
    """Starts the factor afresh, and the sends; ends the row of all factors together (N-THR-03)."""
    passed = moved_to(check, CheckState.PASSED, now)
    afresh = (check.bucket, limits.SENDS) if check.method in ISSUED else (check.bucket,)
    counters = [limits.succeed(dossier.attempts[name], now) for name in afresh if name in dossier.attempts]
    counters += [limits.end_row(dossier.attempts[name]) for name in (limits.ANY,) if name in dossier.attempts]
    details = {"method": check.method, "target": check.target}
    return Outcome(
        state=Settled(check=passed, attempts=tuple(counters)),
        entry=entry_of(Event.CHECK_PASSED, passed, actor, now, details),
    )


def _failed(
    check: Check, dossier: Dossier, fit: Fit, actor: ActorId, policy: Policy, now: datetime
) -> Outcome[Settled]:
    """Counts one at the factor and one at all together; the check is over when that was the last allowed (C-TA-07)."""
    counters = []
    for name in (check.bucket, limits.ANY):
        before = dossier.attempts.get(name) or limits.none_yet(check.account_id, name, now)
        counters.append(limits.count(before, limits.limits_of(name, policy), now))
    shut = [one for one in counters if limits.objections(one, limits.limits_of(one.bucket, policy), now)]
    wrong = replace(check, wrong=check.wrong + 1)
    if shut:
        wrong = moved_to(wrong, CheckState.FAILED, now)
    event = Event.CODE_REPLAYED if fit is Fit.REPLAYED else Event.CHECK_FAILED
    return Outcome(
        state=Settled(check=wrong, attempts=tuple(counters)),
        entry=entry_of(event, wrong, actor, now, {"method": check.method, "wrong": wrong.wrong}),
        more=tuple(_shut(check, one, policy, now) for one in shut),
    )


def _shut(check: Check, counter: Attempts, policy: Policy, now: datetime) -> Entry:
    disabled = limits.is_disabled(counter, limits.limits_of(counter.bucket, policy))
    details: dict[str, Detail] = {"method": check.method, "bucket": counter.bucket, "disabled": disabled}
    return entry_of(Event.ATTEMPTS_LOCKED, check, SYSTEM, now, details)
