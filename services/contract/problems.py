"""Errors as they cross the wire: RFC 9457 problem details with a stable `code`."""

from dataclasses import dataclass
from enum import StrEnum

from services.vocabulary import Objection


class ProblemCode(StrEnum):
    """Stable names of what can go wrong. A client decides by these and never by the sentence."""

    REFUSED = "refused"
    MISSING = "missing"
    STALE = "stale"
    INVALID = "invalid"
    SIGNED_OUT = "signed_out"
    KEY_REUSED = "key_reused"
    KEY_MISSING = "key_missing"
    TOO_LARGE = "too_large"
    UNAVAILABLE = "unavailable"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why not, or why not yet: an objection, and what it is about."""

    code: Objection
    at: str | None = None
    """When it began or ends (ISO 8601, UTC), where a time says more."""
    about: str | None = None
    """A permission, a count or a masked address that completes the sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`application/problem+json`."""

    type: str
    title: str
    status: int
    code: ProblemCode
    detail: str
    """One clear sentence."""
    reasons: tuple[Reason, ...] = ()
    reference: str | None = None
    """Of the server's log line, for a bug."""
