"""The policy: what each action needs, how long proof lasts, how often one may guess. Data, with edition and owner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.vocabulary import ActionKind, EvidenceClass, Method, Permission, Risk, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLimits:
    """How often one may fail."""

    limit: int
    """Failures in a window before the bucket locks."""
    window: timedelta
    lock: timedelta
    disable_after: int
    """Failures in a row, over any time, after which only a new binding helps: at most 100 (N-THR-01)."""


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
    """Whether a phone whose SIM history is unknown does not count."""
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
    lookups_per_case: int
    lookups_per_agent_hour: int
    reveals_per_agent_hour: int
    methods: Mapping[Method, MethodPolicy]
    requirements: Mapping[str, RequirementPolicy]
    actions: Mapping[ActionKind, ActionPolicy]

    def requirement_for(self, kind: ActionKind, tier: Tier, risk: Risk) -> RequirementPolicy:
        """The assurance an action needs: its tier's, or the elevated one where risk asks for more (invariant 3)."""
        action = self.actions[kind]
        usual = self.requirements[action.requirement[tier]]
        if risk is Risk.STANDARD or action.protective:
            return usual
        elevated = self.requirements[action.elevated]
        return elevated if strictness(elevated) > strictness(usual) else usual


def strictness(requirement: RequirementPolicy) -> tuple[int, int, int]:
    """Orders requirements: more proofs first, then fewer of them exposed, then confirmed phones only."""
    fewest = min((len(alternative) for alternative in requirement.any_of), default=0)
    return fewest, requirement.unexposed_at_least, int(requirement.confirmed)
