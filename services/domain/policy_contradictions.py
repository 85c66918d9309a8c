"""What each part of a policy says alone, and no one could live by together."""

from collections.abc import Callable

from services.domain.policy import Policy, strictness
from services.vocabulary import ActionKind, EvidenceClass, Method, Tier

CODES = frozenset({EvidenceClass.SAVED_CODE, EvidenceClass.ISSUED_CODE, EvidenceClass.CONTACT_CODE})
"""Recovery codes; two of one kind are one method. Source: NIST SP 800-63B-4 section 4.2.2.2 (N-REC-15, AC-1)."""


def contradictions(policy: Policy) -> list[str]:
    """Every one of them, in a sentence each; what is missing is told alone."""
    checks: tuple[Callable[[Policy], list[str]], ...] = (_unmeetable, _too_weak)
    return _gaps(policy) or [fault for check in checks for fault in check(policy)]


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
    reset = policy.actions[ActionKind.AUTHENTICATOR_RESET]
    for tier in (Tier.PROTECTED, Tier.PRIVILEGED):
        chosen = policy.requirements[reset.requirement[tier]]
        if any(not _is_aal2(alternative) for alternative in chosen.any_of):
            faults.append(f"action.authenticator_reset.{tier} must need two different proofs (N-REC-15).")
    for kind, action in policy.actions.items():
        weakest = policy.requirements[action.requirement[Tier.STANDARD]]
        if not action.protective and strictness(weakest)[0] == 0:
            faults.append(f"action.{kind} needs no proof and is not protective (invariant 3).")
        if action.protective and kind is not ActionKind.FREEZE:
            faults.append(f"action.{kind} gives something back and cannot be protective.")
    if not _has_unrestricted_way(policy):
        faults.append(
            "Phone codes are on and nothing else is: offer one method beside the telephone network (N-OOB-07)."
        )
    return faults


def _is_aal2(alternative: tuple[EvidenceClass, ...]) -> bool:
    """Two codes by different methods, or one code and a bound authenticator, or proofing (N-REC-15, AC-1)."""
    codes = CODES & set(alternative)
    bound = EvidenceClass.BOUND_AUTHENTICATOR in alternative
    return EvidenceClass.PROOFING in alternative or len(codes) >= 2 or (len(codes) == 1 and bound)


def _has_unrestricted_way(policy: Policy) -> bool:
    phone = any(policy.methods[one].enabled for one in (Method.SMS_CODE, Method.VOICE_CODE))
    other = (Method.TOTP, Method.RECOVERY_CODE, Method.EMAIL_CODE)
    return not phone or any(policy.methods[one].enabled for one in other)
