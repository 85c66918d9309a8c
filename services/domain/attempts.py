"""Attempts belong to the account: failures count per account and factor, whatever the call, the agent or the case.

Source: NIST SP 800-63B-4 section 3.2.2 (N-THR-01..03), RFC 4226 section 7.3 (O-03), AC-4 (a new code resets nothing).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from services.domain.outcome import Why
from services.domain.policy import AttemptLimits, Policy
from services.vocabulary import AccountId, Method, Objection

ANY = "any"
"""The bucket that counts every factor of an account together."""
SENDS = "sends"
"""The bucket that counts messages sent for checks (N-OOB-04)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Failures of one account at one factor."""

    id: str
    """`account/bucket`."""
    version: int = 0
    account_id: AccountId
    failures: int = 0
    """In the running window."""
    in_a_row: int = 0
    """Since the last success, however long ago: time alone never resets it (N-THR-01)."""
    since: datetime
    """When the running window began."""
    locked_until: datetime | None = None


def bucket_of(method: Method, target: str | None) -> str:
    """Which bucket a guess counts in: one for all issued codes, one for each authenticator, one for saved codes."""
    if method is Method.TOTP:
        return f"authenticator:{target}"
    return "recovery_codes" if method is Method.RECOVERY_CODE else "issued_codes"


def none_yet(account_id: AccountId, bucket: str, now: datetime) -> Attempts:
    """A bucket with nothing in it."""
    return Attempts(id=f"{account_id}/{bucket}", account_id=account_id, since=now)


def limits_of(bucket: str, policy: Policy) -> AttemptLimits:
    """The limits that hold for a bucket."""
    if bucket == SENDS:
        return policy.sends
    return policy.attempts_together if bucket == ANY else policy.attempts


def objections(attempts: Attempts | None, limits: AttemptLimits, now: datetime) -> tuple[Why, ...]:
    """What stops another attempt."""
    if attempts is None:
        return ()
    sends = attempts.id.endswith(f"/{SENDS}")
    if attempts.in_a_row >= limits.disable_after and not sends:
        return (Why(code=Objection.FACTOR_DISABLED),)
    if attempts.locked_until is not None and now < attempts.locked_until:
        code = Objection.SENDS_USED_UP if sends else Objection.ATTEMPTS_USED_UP
        return (Why(code=code, at=attempts.locked_until),)
    return ()


def left(attempts: Attempts | None, limits: AttemptLimits, now: datetime) -> int:
    """How many attempts remain before the next lock."""
    if attempts is None:
        return limits.limit
    if objections(attempts, limits, now):
        return 0
    return limits.limit - _running(attempts, limits, now).failures


def count(attempts: Attempts, limits: AttemptLimits, now: datetime) -> Attempts:
    """One more, locking the bucket when it was the last allowed."""
    running = _running(attempts, limits, now)
    failures = running.failures + 1
    locked_until = now + limits.lock if failures >= limits.limit else None
    return replace(running, failures=failures, in_a_row=running.in_a_row + 1, locked_until=locked_until)


def succeed(attempts: Attempts, now: datetime) -> Attempts:
    """Start afresh after a success of this factor (N-THR-03)."""
    return replace(attempts, failures=0, in_a_row=0, since=now, locked_until=None)


def _running(attempts: Attempts, limits: AttemptLimits, now: datetime) -> Attempts:
    """The bucket as it stands now: a window or a lock that is over counts no more, the total stays."""
    lock_over = attempts.locked_until is not None and now >= attempts.locked_until
    window_over = attempts.locked_until is None and now - attempts.since >= limits.window
    if lock_over or window_over:
        return replace(attempts, failures=0, since=now, locked_until=None)
    return attempts
