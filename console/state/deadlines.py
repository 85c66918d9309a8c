"""When a shown case will change by the clock alone, so that it is read again then."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.contract.cases import CaseCard
    from services.contract.problems import Reason


def next_deadline(card: "CaseCard", now: datetime) -> datetime | None:
    """The first moment after *now* at which something on the card expires, lapses, runs or is allowed again."""
    return min((moment for moment in _moments(card) if moment > now), default=None)


def _moments(card: "CaseCard") -> Iterator[datetime]:
    if card.account is not None and card.account.masked_again_at is not None:
        yield card.account.masked_again_at
    for check in card.checks:
        yield check.expires_at
        if check.lapses_at is not None:
            yield check.lapses_at
    for recovery in card.recoveries:
        yield from (moment for moment in (recovery.due_at, recovery.link_expires_at) if moment is not None)
    yield from _times(card.lookup_why_not)
    yield from _times(card.reveal_why_not)
    for method in card.methods:
        yield from _times(method.why_not)
    for action in card.actions:
        yield from _times(action.why_not)


def _times(reasons: tuple["Reason", ...]) -> Iterator[datetime]:
    for reason in reasons:
        if reason.at is not None and (moment := moment_of(reason.at)) is not None:
            yield moment


def moment_of(text: str) -> datetime | None:
    """An ISO 8601 moment with its zone, or None when it is not one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
