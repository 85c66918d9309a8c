"""Turns policy data into a `Policy`; refuses nonsense and what nobody could satisfy, every fault in one sentence."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.domain.assurance import MOST_STEPS
from services.domain.policy import ActionPolicy, AttemptLimits, MethodPolicy, Policy, RequirementPolicy
from services.domain.policy_contradictions import contradictions, unusable
from services.domain.recovery_rules import HANDS_OVER
from services.domain.staff import Roles
from services.domain.toml_reader import TomlReader
from services.vocabulary import ActionKind, EvidenceClass, Method, Permission, Tier

LONGEST_VALID = {
    Method.SMS_CODE: timedelta(minutes=10),
    Method.VOICE_CODE: timedelta(minutes=10),
    Method.EMAIL_CODE: timedelta(hours=24),
    Method.REVERSE_CODE: timedelta(minutes=10),
}
"""Longest life of an issued code. Source: NIST SP 800-63B-4 sections 4.2.1.2 and 3.1.3.2 (N-REC-08, N-OOB-02)."""
DAY = 24 * 60
"""Minutes: nothing that a policy lets live for a caller or an owner lives longer."""
LONGEST_OPEN = 7 * 24
"""Hours: a case in which nothing happens is no window on an account for longer than a week, whatever the policy."""
MOST_FAILURES = 100
"""Source: NIST SP 800-63B-4 section 3.2.2 (N-THR-01)."""
EVIDENCE_OF = {
    Method.SMS_CODE: EvidenceClass.ISSUED_CODE,
    Method.VOICE_CODE: EvidenceClass.ISSUED_CODE,
    Method.EMAIL_CODE: EvidenceClass.ISSUED_CODE,
    Method.REVERSE_CODE: EvidenceClass.ISSUED_CODE,
    Method.TOTP: EvidenceClass.BOUND_AUTHENTICATOR,
    Method.RECOVERY_CODE: EvidenceClass.SAVED_CODE,
}
"""What a method is worth is not the policy's to say. Source: NIST SP 800-63B-4 sections 4.2.1.1, 4.2.1.2 and 3.1.4."""


class PolicyError(Exception):
    """The policy cannot be used. `faults` are sentences, each naming where."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def read_policy(data: Mapping[str, Any]) -> Policy:
    """The policy that *data* (a parsed `recovery.toml`) says.

    Raises:
        PolicyError: With every fault found.
    """
    faults: list[str] = []
    policy = _policy(TomlReader(data, faults))
    if not faults:
        faults.extend(contradictions(policy))
    if faults:
        raise PolicyError(faults)
    return policy


def read_roles(data: Mapping[str, Any]) -> Roles:
    """Role -> permissions, from a parsed `roles.toml`.

    Raises:
        PolicyError: For an unknown permission, or when no role may administer staff.
    """
    faults: list[str] = []
    reader = TomlReader(data, faults)
    roles = {name: _role(name, reader.table(name)) for name in data}
    if not any(Permission.ADMINISTER_STAFF in granted for granted in roles.values()):
        faults.append("No role may administer staff.")
    if faults:
        raise PolicyError(faults)
    return roles


def demand_usable(policy: Policy, roles: Roles) -> None:
    """See that a policy and the roles that act under it fit together.

    Raises:
        PolicyError: For every action that no role could run.
    """
    faults = unusable(policy, roles)
    if faults:
        raise PolicyError(faults)


def _policy(reader: TomlReader) -> Policy:
    freshness, lookups, cases = (reader.table(name) for name in ("freshness", "lookups", "cases"))
    methods = [_method(name, table) for name, table in reader.tables("method")]
    actions = [_action(name, table) for name, table in reader.tables("action")]
    policy = Policy(
        edition=reader.code("edition"),
        owner=reader.text("owner"),
        sources=reader.texts("sources"),
        quarantine=freshness.days("quarantine_days", least=1),
        sim_swap_window=freshness.days("sim_swap_days", least=1),
        retired_contacts_told=freshness.days("retired_contacts_told_days", least=1),
        attempts=_limits(reader.table("attempts")),
        attempts_together=_limits(reader.table("attempts_together")),
        sends=_limits(reader.table("sends"), guesses=False),
        sends_daily=_daily(reader.table("sends_daily")),
        case_idle=timedelta(hours=cases.number("idle_hours", 1, LONGEST_OPEN)),
        lookups_per_case=lookups.number("per_case", 1, 100),
        lookups_per_agent_hour=lookups.number("per_agent_hour", 1, 100_000),
        reveals_per_agent_hour=lookups.number("reveals_per_agent_hour", 0, 100_000),
        methods={policy.method: policy for policy in methods},
        requirements={name: _requirement(name, table) for name, table in reader.tables("requirement")},
        actions={policy.kind: policy for policy in actions},
    )
    for read in (freshness, lookups, cases, reader):
        read.done()
    return policy


def _role(name: str, reader: TomlReader) -> frozenset[Permission]:
    reader.named_code(name)
    granted = frozenset(reader.words("permissions", Permission))
    reader.done()
    return granted


def _limits(reader: TomlReader, guesses: bool = True) -> AttemptLimits:
    limits = AttemptLimits(
        limit=reader.number("limit", 1, MOST_FAILURES),
        window=reader.minutes("window_minutes", 1),
        lock=reader.minutes("lock_minutes", 1),
        disable_after=reader.number("disable_after", 1, MOST_FAILURES) if guesses else None,
    )
    reader.done()
    return limits


def _daily(reader: TomlReader) -> AttemptLimits:
    day = timedelta(minutes=DAY)
    limits = AttemptLimits(limit=reader.number("limit", 1, MOST_FAILURES), window=day, lock=day, disable_after=None)
    reader.done()
    return limits


def _method(name: str, reader: TomlReader) -> MethodPolicy:
    method = reader.named(name, Method)
    policy = MethodPolicy(
        method=method,
        enabled=reader.flag("enabled"),
        evidence=reader.word("evidence", EvidenceClass),
        exposed=reader.flag("exposed"),
        valid=reader.minutes("valid_minutes", 1, DAY),
        lapses=reader.minutes("lapses_minutes", 1, DAY),
        seconds=reader.number("seconds", 1, 3600),
    )
    longest = LONGEST_VALID.get(method)
    if longest is not None and policy.valid > longest:
        reader.fault("valid_minutes", f"must be at most {int(longest.total_seconds() // 60)} (N-REC-08)")
    if policy.evidence is not EVIDENCE_OF[method]:
        reader.fault("evidence", f"must be {EVIDENCE_OF[method]} (NIST SP 800-63B-4 section 4.2.1)")
    if not policy.exposed and method is not Method.REVERSE_CODE:
        reader.fault("exposed", "must be true: the caller reads it aloud (AC-5)")
    reader.done()
    return policy


def _requirement(name: str, reader: TomlReader) -> RequirementPolicy:
    policy = RequirementPolicy(
        name=reader.named_code(name),
        any_of=reader.word_lists("any_of", EvidenceClass),
        unexposed_at_least=reader.number("unexposed_at_least", 0, MOST_STEPS),
        confirmed=reader.flag("confirmed"),
        source=reader.text("source"),
    )
    if not policy.any_of:
        reader.fault("any_of", "names no way to meet it")
    if any(len(alternative) > MOST_STEPS for alternative in policy.any_of):
        reader.fault("any_of", f"asks for more than {MOST_STEPS} proofs at once")
    reader.done()
    return policy


def _action(name: str, reader: TomlReader) -> ActionPolicy:
    kind = reader.named(name, ActionKind)
    policy = ActionPolicy(
        kind=kind,
        permission=reader.word("permission", Permission),
        requirement={tier: reader.text(tier) for tier in Tier},
        elevated=reader.text("elevated"),
        approval=frozenset(reader.words("approval", Tier)),
        cooling=reader.minutes("cooling_minutes"),
        cooling_elevated=reader.minutes("cooling_elevated_minutes"),
        link_valid=reader.minutes("link_minutes", 5, DAY) if kind in HANDS_OVER else timedelta(0),
        reason_needed=reader.flag("reason_needed"),
        protective=reader.flag("protective"),
    )
    reader.done()
    return policy
