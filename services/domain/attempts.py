"""Attempts belong to the account: failures count per account and factor, whatever the call, the agent or the case.

Source: NIST SP 800-63B-4 section 3.2.2 (N-THR-01 to N-THR-03), RFC 4226 section 7.3 (O-03). A new code resets nothing
(AC-4).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.domain.outcome import Why
from services.domain.policy import AttemptLimits, Policy
from services.vocabulary import AccountId, Objection

ANY = "any"
"""The bucket that counts every factor of an account together."""
SENDS = "sends"
"""The bucket that counts messages sent for checks since the last that was answered (N-OOB-04)."""
SENDS_DAILY = "sends_daily"
"""The bucket that counts the same messages by the day, answered or not: an answer buys no further ones."""
EVERY_SEND = (SENDS, SENDS_DAILY)
"""Where each message that is sent for a check counts."""
_FOR_NOW = frozenset({Objection.ATTEMPTS_USED_UP, Objection.SENDS_USED_UP})
"""Objections that go away by waiting, at the time that they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Failures of one account at one factor."""

    id: str
    """`account/bucket`."""
    version: int = 0
    account_id: AccountId
    failures: int = 0
    """With less than a window between one and the next: no window, wherever it begins, holds more than the limit."""
    in_a_row: int = 0
    """Since the last success, however long ago: time alone never resets it (N-THR-01)."""
    since: datetime
    """When the newest was."""
    locked_until: datetime | None = None

    @property
    def bucket(self) -> str:
        """What is counted: `methods.stands_on` of a factor, or one of the buckets above."""
        return self.id.split("/", 1)[1]


def none_yet(account_id: AccountId, bucket: str, now: datetime) -> Attempts:
    """A bucket with nothing in it."""
    return Attempts(id=f"{account_id}/{bucket}", account_id=account_id, since=now)


def limits_of(bucket: str, policy: Policy) -> AttemptLimits:
    """The limits that hold for a bucket."""
    others = {ANY: policy.attempts_together, SENDS: policy.sends, SENDS_DAILY: policy.sends_daily}
    return others.get(bucket, policy.attempts)


def objections(attempts: Attempts | None, limits: AttemptLimits, now: datetime) -> tuple[Why, ...]:
    """What stops another attempt."""
    if attempts is None:
        return ()
    if is_disabled(attempts, limits):
        return (Why(code=Objection.FACTOR_DISABLED),)
    used_up = Objection.SENDS_USED_UP if attempts.bucket in EVERY_SEND else Objection.ATTEMPTS_USED_UP
    if attempts.locked_until is not None and now < attempts.locked_until:
        return (Why(code=used_up, at=attempts.locked_until),)
    if _running(attempts, limits, now).failures >= limits.limit:
        return (Why(code=used_up, at=attempts.since + limits.window),)
    return ()


def rests_until(reasons: Sequence[Why]) -> datetime | None:
    """When what is refused for now only is allowed again; None when something else objects, or nothing does."""
    moments = [why.at for why in reasons if why.at is not None and why.code in _FOR_NOW]
    return max(moments) if moments and len(moments) == len(reasons) else None


def to_wait_for(reasons: Iterable[Why]) -> tuple[Why, ...]:
    """Of each objection the one that ends last: whoever waits for an earlier one only waits in vain."""
    kept: dict[Objection, Why] = {}
    for why in reasons:
        other = kept.setdefault(why.code, why)
        if why.at is not None and other.at is not None and why.at > other.at:
            kept[why.code] = why
    return tuple(kept.values())


def is_disabled(attempts: Attempts, limits: AttemptLimits) -> bool:
    """Whether only a new binding helps: no waiting does (N-THR-01)."""
    return limits.disable_after is not None and attempts.in_a_row >= limits.disable_after


def left(attempts: Attempts | None, limits: AttemptLimits, now: datetime) -> int:
    """How many attempts remain before the next lock."""
    if attempts is None:
        return limits.limit
    if objections(attempts, limits, now):
        return 0
    before_lock = limits.limit - _running(attempts, limits, now).failures
    return before_lock if limits.disable_after is None else min(before_lock, limits.disable_after - attempts.in_a_row)


def count(attempts: Attempts, limits: AttemptLimits, now: datetime) -> Attempts:
    """One more, locking the bucket when it was the last allowed."""
    running = _running(attempts, limits, now)
    failures = running.failures + 1
    locked_until = now + limits.lock if failures >= limits.limit else None
    return replace(running, failures=failures, in_a_row=running.in_a_row + 1, since=now, locked_until=locked_until)


def succeed(attempts: Attempts, now: datetime) -> Attempts:
    """Start afresh: after a success of this very factor, or when it was bound anew (N-THR-03)."""
    return replace(attempts, failures=0, in_a_row=0, since=now, locked_until=None)


def end_row(attempts: Attempts) -> Attempts:
    """End the row after a success of another factor, or a new binding. The window goes on: neither buys any guesses."""
    return replace(attempts, in_a_row=0)


def bound_anew(counters: Mapping[str, Attempts], buckets: Iterable[str], now: datetime) -> tuple[Attempts, ...]:
    """The counters of an account after things were bound anew: those of *buckets* afresh, all together without a row.

    Guesses at what was there before say nothing of what is there now (N-THR-01).
    """
    afresh = [succeed(counters[name], now) for name in buckets if name in counters]
    return (*afresh, *(end_row(counters[name]) for name in (ANY,) if name in counters))


def _running(attempts: Attempts, limits: AttemptLimits, now: datetime) -> Attempts:
    """The bucket as it stands now: a lock that is over, or a window without a failure, and counting starts afresh."""
    over_at = attempts.since + limits.window if attempts.locked_until is None else attempts.locked_until
    return replace(attempts, failures=0, locked_until=None) if now >= over_at else attempts
