"""What an update binds anew: guesses at what was there before count no more, and nobody stays shut out (N-THR-01)."""

from collections.abc import Iterable

from services.domain import attempts as limits
from services.domain.methods import RECOVERY_CODES, stands_on
from services.storage.bulk import BulkAccounts, Holding
from services.storage.unit_of_work import Work
from services.usecases.ports import Clock
from services.vocabulary import Method


def bound_anew(before: Holding, after: Holding) -> frozenset[str]:
    """The buckets of what could prove nothing before the update: a new authenticator, contact point or set of codes."""
    contacts = _bound_contacts(after) - _bound_contacts(before)
    apps = {one.id for one in after.authenticators} - {one.id for one in before.authenticators}
    buckets = {stands_on(Method.SMS_CODE, one) for one in contacts} | {stands_on(Method.TOTP, one) for one in apps}
    salts = [one.recovery_codes.salt if one.recovery_codes else None for one in (before, after)]
    if salts[1] is not None and salts[0] != salts[1]:
        buckets.add(RECOVERY_CODES)
    return frozenset(buckets)


def start_afresh(work: Work, bulk: BulkAccounts, changed: Iterable[tuple[Holding, Holding]], clock: Clock) -> None:
    """End the rows of accounts that got something new, each in the transaction in which it was written."""
    buckets = {new.account.id: bound_anew(old, new) for old, new in changed}
    for account, counters in bulk.counters([one for one, names in buckets.items() if names]).items():
        for counter in limits.bound_anew(counters, buckets[account], clock()):
            work.attempts.put(counter)


def _bound_contacts(holding: Holding) -> set[str]:
    """Whoever is to be proven by one has verified it; an address that anybody may have typed binds nothing."""
    return {one.id for one in holding.contacts if one.retired_at is None and one.verified_at is not None}
