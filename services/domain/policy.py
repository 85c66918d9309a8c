"""The policy: what each action needs, how long proof lasts, how often one may guess. Data, with edition and owner."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.domain.outcome import Entry, Outcome
from services.vocabulary import SYSTEM, ActionKind, Event, EvidenceClass, Method, Permission, Risk, Tier

SUBJECT = "policy"
"""What the audit log calls it: entries about it are found by this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLimits:
    """How often one may fail."""

    limit: int
    """Failures with less than a window between one and the next, before the bucket locks."""
    window: timedelta
    lock: timedelta
    """At least the window."""
    disable_after: int | None
    """Failures in a row, over any time, after which only a new binding helps: at most 100 (N-THR-01).

    None where nothing is guessed: messages sent are no failures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodPolicy:
    """How one method is run and what it is worth."""

    method: Method
    enabled: bool
    evidence: EvidenceClass
    exposed: bool
    valid: timedelta
    """How long the caller has."""
    lapses: timedelta
    """How long it counts once passed."""
    seconds: int
    """What it usually takes: the cheapest next step is the one that takes least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementPolicy:
    """What must be proven: any one of the alternatives, by checks that do not depend on the same thing."""

    name: str
    any_of: tuple[tuple[EvidenceClass, ...], ...]
    unexposed_at_least: int
    """How many of them must not have been read aloud to an agent (AC-5)."""
    confirmed: bool
    """Whether a phone whose SIM history is unknown does not count: always, but where only protecting asks for it."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPolicy:
    """What one recovery action needs and how it is run."""

    kind: ActionKind
    permission: Permission
    requirement: Mapping[Tier, str]
    elevated: str
    """The least requirement when the risk is elevated."""
    approval: frozenset[Tier]
    """Where a second person must say yes."""
    cooling: timedelta
    cooling_elevated: timedelta
    link_valid: timedelta
    reason_needed: bool
    protective: bool
    """It only takes power away from whoever holds the account: no assurance is needed to protect (N-REC-19)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One edition of the policy."""

    edition: str
    owner: str
    sources: tuple[str, ...]
    quarantine: timedelta
    sim_swap_window: timedelta
    retired_contacts_told: timedelta
    attempts: AttemptLimits
    attempts_together: AttemptLimits
    sends: AttemptLimits
    sends_daily: AttemptLimits
    case_idle: timedelta
    lookups_per_case: int
    lookups_per_agent_hour: int
    reveals_per_agent_hour: int
    methods: Mapping[Method, MethodPolicy]
    requirements: Mapping[str, RequirementPolicy]
    actions: Mapping[ActionKind, ActionPolicy]

    @property
    def takes_unconfirmed(self) -> bool:
        """Whether a phone of unknown SIM history could prove anything that an action asks for."""
        asked = {name for action in self.actions.values() for name in (*action.requirement.values(), action.elevated)}
        wanted = [self.requirements[name] for name in asked]
        return any(any(one.any_of) and not one.confirmed for one in wanted)

    def requirement_for(self, kind: ActionKind, tier: Tier, risk: Risk) -> RequirementPolicy:
        """The assurance an action needs: its tier's, or the elevated one where risk asks for more (invariant 3).

        Risk never lowers it (N-AAL-04): one that asks for less, or for something else, is passed over.
        """
        action = self.actions[kind]
        usual = self.requirements[action.requirement[tier]]
        if risk is Risk.STANDARD or action.protective:
            return usual
        elevated = self.requirements[action.elevated]
        return elevated if implies(elevated, usual) else usual


def loaded(policy: Policy, digest: str, recorded: Mapping[str, Any] | None, now: datetime) -> Outcome[Policy] | None:
    """Put on record what is decided by from now on (invariant 3); None if the log says so already.

    *digest* is of what the policy was read from: a change that kept the edition is a change. *recorded* is what the
    newest such entry says.
    """
    details = {"edition": policy.edition, "digest": digest}
    if recorded == details:
        return None
    entry = Entry(event=Event.POLICY_LOADED, at=now, actor=SYSTEM, subject=SUBJECT, details=details)
    return Outcome(state=policy, entry=entry)


def implies(stronger: RequirementPolicy, weaker: RequirementPolicy) -> bool:
    """Whether everybody who meets *stronger* meets *weaker* too, whatever their evidence."""
    if weaker.confirmed and not stronger.confirmed:
        return False
    spare = stronger.unexposed_at_least - weaker.unexposed_at_least
    return all(
        any(_contains(more, less, weaker.unexposed_at_least, spare) for less in weaker.any_of)
        for more in stronger.any_of
    )


def _contains(more: tuple[EvidenceClass, ...], less: tuple[EvidenceClass, ...], unexposed: int, spare: int) -> bool:
    """Whether *more* holds all of *less*, and *unexposed* of that even if what is beyond it was the unexposed part."""
    beyond = len(more) - len(less)
    return Counter(less) <= Counter(more) and (unexposed == 0 or spare >= beyond)
