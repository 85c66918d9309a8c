"""Turns policy data into a `Policy`; refuses nonsense and what nobody could satisfy, every fault in one sentence."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from services.domain.policy import ActionPolicy, AttemptLimits, MethodPolicy, Policy, RequirementPolicy, strictness
from services.domain.staff import Roles
from services.vocabulary import ActionKind, EvidenceClass, Method, Permission, Tier

LONGEST_VALID = {
    Method.SMS_CODE: timedelta(minutes=10),
    Method.VOICE_CODE: timedelta(minutes=10),
    Method.EMAIL_CODE: timedelta(hours=24),
    Method.REVERSE_CODE: timedelta(minutes=10),
}
"""Longest life of an issued code. Source: NIST SP 800-63B-4 sections 4.2.1.2 and 3.1.3.2 (N-REC-08, N-OOB-02)."""
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
"""What a method is worth is NIST's to say, not the policy's (standards table, section 0)."""

Word = TypeVar("Word", bound=StrEnum)


class PolicyError(Exception):
    """The policy cannot be used. `faults` are sentences, each naming where."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class _Reader:
    """Reads typed values out of a mapping, and remembers every fault."""

    def __init__(self, data: Mapping[str, Any], faults: list[str], where: str = "") -> None:
        self._data, self._faults, self._where, self._seen = data, faults, where, set[str]()

    def table(self, name: str) -> "_Reader":
        """A sub-table; empty, with a fault, when it is not there."""
        value = self._take(name, dict, {})
        return _Reader(value, self._faults, f"{self._where}{name}.")

    def tables(self, name: str) -> list[tuple[str, "_Reader"]]:
        """The named sub-tables of a table."""
        inner = self._take(name, dict, {})
        return [(key, _Reader(inner[key], self._faults, f"{self._where}{name}.{key}.")) for key in inner]

    def text(self, name: str) -> str:
        """A sentence or a name, not empty."""
        value = str(self._take(name, str, "?"))
        if not value.strip():
            self.fault(name, "must not be empty")
        return value

    def number(self, name: str, least: int = 0, most: int = 1_000_000, usual: int | None = None) -> int:
        """A whole number within bounds; *usual* when it may be left out."""
        value = self._take(name, int, least if usual is None else usual, optional=usual is not None)
        if isinstance(value, bool) or not least <= value <= most:
            self.fault(name, f"must be from {least} to {most}, and is {value}")
            return least
        return int(value)

    def flag(self, name: str, usual: bool | None = None) -> bool:
        """True or false."""
        return bool(self._take(name, bool, usual if usual is not None else False, optional=usual is not None))

    def word(self, name: str, vocabulary: type[Word]) -> Word:
        """A word of a vocabulary."""
        return self.a_word(name, self._take(name, str, ""), vocabulary)

    def a_word(self, name: str, value: Any, vocabulary: type[Word]) -> Word:
        """*value* as a word of a vocabulary."""
        try:
            return vocabulary(value)
        except ValueError:
            self.fault(name, f"says {value!r}, which is none of {', '.join(vocabulary)}")
            return next(iter(vocabulary))

    def items(self, name: str) -> list[Any]:
        """A list."""
        return list(self._take(name, list, []))

    def minutes(self, name: str, least: int = 0, most: int = 60 * 24 * 90) -> timedelta:
        """A span given in minutes."""
        return timedelta(minutes=self.number(name, least, most))

    def days(self, name: str, least: int = 0) -> timedelta:
        """A span given in days."""
        return timedelta(days=self.number(name, least, 365))

    def fault(self, name: str, what: str) -> None:
        """Remember that something is wrong."""
        self._faults.append(f"{self._where}{name} {what}.")

    def done(self) -> None:
        """Every name that nobody asked for is a fault: a misspelt rule must not be a silent one."""
        for name in sorted(set(self._data) - self._seen):
            self.fault(name, "is not something a policy says")

    def _take(self, name: str, kind: type, usual: Any, optional: bool = False) -> Any:
        self._seen.add(name)
        if name not in self._data:
            if not optional:
                self.fault(name, "is missing")
            return usual
        value = self._data[name]
        if not isinstance(value, kind):
            self.fault(name, f"must be {_NAMES[kind]}")
            return usual
        return value


_NAMES = {dict: "a table", str: "text", int: "a whole number", bool: "true or false", list: "a list"}


def read_policy(data: Mapping[str, Any]) -> Policy:
    """The policy that *data* (a parsed `recovery.toml`) says.

    Raises:
        PolicyError: With every fault found.
    """
    faults: list[str] = []
    reader = _Reader(data, faults)
    freshness, lookups = reader.table("freshness"), reader.table("lookups")
    methods = {policy.method: policy for policy in (_method(name, r) for name, r in reader.tables("method"))}
    requirements = {name: _requirement(name, r) for name, r in reader.tables("requirement")}
    actions = {policy.kind: policy for policy in (_action(name, r) for name, r in reader.tables("action"))}
    policy = Policy(
        edition=reader.text("edition"),
        owner=reader.text("owner"),
        sources=tuple(str(source) for source in reader.items("sources")),
        quarantine=freshness.days("quarantine_days", least=1),
        sim_swap_window=freshness.days("sim_swap_days", least=1),
        retired_contacts_told=freshness.days("retired_contacts_told_days"),
        attempts=_limits(reader.table("attempts")),
        attempts_together=_limits(reader.table("attempts_together")),
        sends=_limits(reader.table("sends")),
        lookups_per_case=lookups.number("per_case", 1, 100),
        lookups_per_agent_hour=lookups.number("per_agent_hour", 1, 100_000),
        reveals_per_agent_hour=lookups.number("reveals_per_agent_hour", 0, 100_000),
        methods=methods,
        requirements=requirements,
        actions=actions,
    )
    freshness.done()
    lookups.done()
    reader.done()
    if not faults:
        faults.extend(_contradictions(policy))
    if faults:
        raise PolicyError(faults)
    return policy


def read_roles(data: Mapping[str, Any]) -> Roles:
    """Role -> permissions, from a parsed `roles.toml`.

    Raises:
        PolicyError: For an unknown permission, or when no role may administer staff.
    """
    faults: list[str] = []
    roles: dict[str, frozenset[Permission]] = {}
    for name, table in data.items():
        reader = _Reader(table, faults, f"{name}.")
        reader.text("name")
        roles[name] = frozenset(reader.a_word("permissions", one, Permission) for one in reader.items("permissions"))
        reader.done()
    if not any(Permission.ADMINISTER_STAFF in granted for granted in roles.values()):
        faults.append("No role may administer staff.")
    if faults:
        raise PolicyError(faults)
    return roles


def _limits(reader: _Reader) -> AttemptLimits:
    limits = AttemptLimits(
        limit=reader.number("limit", 1, MOST_FAILURES),
        window=reader.minutes("window_minutes", 1),
        lock=reader.minutes("lock_minutes", 1),
        disable_after=reader.number("disable_after", 1, MOST_FAILURES),
    )
    reader.done()
    return limits


def _method(name: str, reader: _Reader) -> MethodPolicy:
    method = reader.a_word("", name, Method)
    policy = MethodPolicy(
        method=method,
        enabled=reader.flag("enabled"),
        evidence=reader.word("evidence", EvidenceClass),
        exposed=reader.flag("exposed"),
        valid=reader.minutes("valid_minutes", 1),
        lapses=reader.minutes("lapses_minutes", 1, 24 * 60),
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


def _requirement(name: str, reader: _Reader) -> RequirementPolicy:
    alternatives = tuple(
        tuple(reader.a_word("any_of", word, EvidenceClass) for word in alternative)
        for alternative in reader.items("any_of")
    )
    policy = RequirementPolicy(
        name=name,
        any_of=alternatives,
        unexposed_at_least=reader.number("unexposed_at_least", 0, 3, usual=0),
        confirmed=reader.flag("confirmed", False),
        source=reader.text("source"),
    )
    if not alternatives:
        reader.fault("any_of", "names no way to meet it")
    if any(len(alternative) > 3 for alternative in alternatives):
        reader.fault("any_of", "asks for more than three proofs at once")
    reader.done()
    return policy


def _action(name: str, reader: _Reader) -> ActionPolicy:
    kind = reader.a_word("", name, ActionKind)
    has_link = kind in (ActionKind.RESET_LINK, ActionKind.AUTHENTICATOR_RESET)
    policy = ActionPolicy(
        kind=kind,
        permission=reader.word("permission", Permission),
        requirement={tier: reader.text(tier) for tier in Tier},
        elevated=reader.text("elevated"),
        approval=frozenset(reader.a_word("approval", tier, Tier) for tier in reader.items("approval")),
        cooling=reader.minutes("cooling_minutes"),
        cooling_elevated=reader.minutes("cooling_elevated_minutes"),
        link_valid=reader.minutes("link_minutes", 5, 24 * 60) if has_link else timedelta(0),
        reason_needed=reader.flag("reason_needed", False),
        protective=reader.flag("protective", False),
    )
    reader.done()
    return policy


def _contradictions(policy: Policy) -> list[str]:
    """What each part says alone, and no one could live by together."""
    checks: tuple[Callable[[Policy], list[str]], ...] = (_gaps, _unmeetable, _too_weak)
    return [fault for check in checks for fault in check(policy)]


def _gaps(policy: Policy) -> list[str]:
    gaps = [f"method.{method} is missing." for method in Method if method not in policy.methods]
    gaps += [f"action.{kind} is missing." for kind in ActionKind if kind not in policy.actions]
    for kind, action in policy.actions.items():
        named = {*action.requirement.values(), action.elevated} - set(policy.requirements)
        gaps += [f"action.{kind} asks for requirement.{name}, which is not there." for name in sorted(named)]
    return gaps


def _unmeetable(policy: Policy) -> list[str]:
    """Requirements that no enabled methods together could meet (invariant 8's rule, for evidence)."""
    enabled = [method for method in policy.methods.values() if method.enabled]
    offered = {method.evidence for method in enabled}
    unexposed = {method.evidence for method in enabled if not method.exposed}
    faults = []
    for requirement in policy.requirements.values():
        reachable = [alternative for alternative in requirement.any_of if set(alternative) <= offered]
        met = [one for one in reachable if sum(word in unexposed for word in one) >= requirement.unexposed_at_least]
        if not met:
            faults.append(f"requirement.{requirement.name} can be met by nobody with the methods that are enabled.")
    return faults


def _too_weak(policy: Policy) -> list[str]:
    """What the standards forbid to be weaker."""
    faults = []
    reset = policy.actions.get(ActionKind.AUTHENTICATOR_RESET)
    for tier in (Tier.PROTECTED, Tier.PRIVILEGED):
        chosen = policy.requirements.get(reset.requirement[tier]) if reset else None
        if chosen and any(not _is_aal2(alternative) for alternative in chosen.any_of):
            faults.append(f"action.authenticator_reset.{tier} must need two different proofs (N-REC-15).")
    for kind, action in policy.actions.items():
        weakest = policy.requirements.get(action.requirement[Tier.STANDARD])
        if weakest and not action.protective and strictness(weakest)[0] == 0:
            faults.append(f"action.{kind} needs no proof and is not protective (invariant 3).")
        if action.protective and kind is not ActionKind.FREEZE:
            faults.append(f"action.{kind} gives something back and cannot be protective.")
    if policy.methods and Method.SMS_CODE in policy.methods and not _has_unrestricted_way(policy):
        faults.append(
            "Phone codes are on and nothing else is: offer one method beside the telephone network (N-OOB-07)."
        )
    return faults


def _is_aal2(alternative: tuple[EvidenceClass, ...]) -> bool:
    """Two codes by different methods, or one code and a bound authenticator, or proofing (N-REC-15, AC-1)."""
    codes = {EvidenceClass.SAVED_CODE, EvidenceClass.ISSUED_CODE, EvidenceClass.CONTACT_CODE} & set(alternative)
    bound = EvidenceClass.BOUND_AUTHENTICATOR in alternative
    return EvidenceClass.PROOFING in alternative or len(codes) >= 2 or (len(codes) == 1 and bound)


def _has_unrestricted_way(policy: Policy) -> bool:
    phone = any(policy.methods[one].enabled for one in (Method.SMS_CODE, Method.VOICE_CODE) if one in policy.methods)
    other = (Method.TOTP, Method.RECOVERY_CODE, Method.EMAIL_CODE)
    return not phone or any(policy.methods[one].enabled for one in other if one in policy.methods)
