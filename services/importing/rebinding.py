"""What an update binds anew: guesses at what was there before count no more, and nobody stays shut out (N-THR-01)."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from services.domain import attempts as limits
from services.domain.attempts import Attempts
from services.domain.methods import RECOVERY_CODES, stands_on
from services.storage import tables
from services.storage.bulk import Holding
from services.storage.unit_of_work import Work
from services.usecases.ports import Clock
from services.vocabulary import AccountId, Method


def bound_anew(before: Holding, after: Holding) -> frozenset[str]:
    """The buckets of what could prove nothing before the update: a new authenticator, contact point or set of codes."""
    contacts = {one.id for one in after.contacts if one.retired_at is None}
    contacts -= {one.id for one in before.contacts if one.retired_at is None}
    apps = {one.id for one in after.authenticators} - {one.id for one in before.authenticators}
    buckets = {stands_on(Method.SMS_CODE, one) for one in contacts} | {stands_on(Method.TOTP, one) for one in apps}
    salts = [one.recovery_codes.salt if one.recovery_codes else None for one in (before, after)]
    if salts[1] is not None and salts[0] != salts[1]:
        buckets.add(RECOVERY_CODES)
    return frozenset(buckets)


def start_afresh(work: Work, changed: Iterable[tuple[Holding, Holding]], clock: Clock) -> None:
    """End the rows of accounts that got something new, each in the transaction in which it was written."""
    buckets = {new.account.id: bound_anew(old, new) for old, new in changed}
    counters = _counters(work, [account for account, names in buckets.items() if names])
    for account, found in counters.items():
        for counter in limits.bound_anew(found, buckets[account], clock()):
            work.attempts.put(counter)


def _counters(work: Work, accounts: list[AccountId]) -> Mapping[AccountId, Mapping[str, Attempts]]:
    table = tables.attempts
    found: dict[AccountId, dict[str, Attempts]] = {}
    for one in work.attempts.chosen(select(table).where(table.c.account_id.in_(accounts)).order_by(table.c.id)):
        found.setdefault(one.account_id, {})[one.bucket] = one
    return found
