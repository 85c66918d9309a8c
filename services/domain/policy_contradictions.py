"""What each part of a policy says alone and no one could live by together, and what is weaker than standards allow."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import pairwise

from services.domain.assurance import MOST_STEPS, Evidence, is_met
from services.domain.handover import STOP_LINK_LIFE
from services.domain.methods import RECOVERY_CODES
from services.domain.policy import ActionPolicy, AttemptLimits, Policy, RequirementPolicy, implies
from services.domain.staff import Roles
from services.vocabulary import ActionKind, EvidenceClass, Method, Permission, Tier

CODES = frozenset({EvidenceClass.SAVED_CODE, EvidenceClass.ISSUED_CODE, EvidenceClass.CONTACT_CODE})
"""Recovery codes; two of one kind are one method. Source: NIST SP 800-63B-4 section 4.2.2.2 (N-REC-15, AC-1)."""
TIERS = (Tier.STANDARD, Tier.PROTECTED, Tier.PRIVILEGED)
"""From the least that stands behind an account to the most."""

LONGEST_COOLING = STOP_LINK_LIFE - timedelta(days=1)
"""While it cools off, the links that stop it are alive; a day is left for whatever is late."""


def contradictions(policy: Policy) -> list[str]:
    """Every one of them, in a sentence each; what is missing is told alone."""
    checks: tuple[Callable[[Policy], Iterable[str]], ...] = (
        _limits,
        _freshness,
        _cooling,
        _unmeetable,
        _unordered,
        _too_weak,
        _unknown_passes,
        _unprotective,
    )
    return _gaps(policy) or [fault for check in checks for fault in check(policy)]


def unusable(policy: Policy, roles: Roles) -> list[str]:
    """Actions that nobody could run, in a sentence each: one agent opens the case, proves the caller and acts."""
    faults = []
    for kind, action in policy.actions.items():
        others = [Permission.OPEN_CASE] if action.protective else [Permission.OPEN_CASE, Permission.RUN_CHECK]
        if not any({action.permission, *others} <= granted for granted in roles.values()):
            together = " and ".join(others)
            faults.append(
                f"action.{kind}.permission says {action.permission!s}, which no role holds together with {together}."
            )
    return faults


def _gaps(policy: Policy) -> list[str]:
    gaps = [f"method.{method} is missing." for method in Method if method not in policy.methods]
    gaps += [f"action.{kind} is missing." for kind in ActionKind if kind not in policy.actions]
    gaps += [
        f"action.{kind}.{asker} asks for requirement.{name}, which is not there."
        for kind, action in policy.actions.items()
        for asker, name in _names(action).items()
        if name not in policy.requirements
    ]
    return gaps


def _limits(policy: Policy) -> Iterable[str]:
    named = {"attempts": policy.attempts, "attempts_together": policy.attempts_together, "sends": policy.sends}
    for name, limits in named.items():
        yield from _limits_of(name, limits)


def _limits_of(name: str, limits: AttemptLimits) -> Iterable[str]:
    if limits.lock < limits.window:
        yield f"{name}.lock_minutes must be at least window_minutes: a shorter lock lets more through than the limit."
    if limits.disable_after is not None and limits.disable_after < limits.limit:
        yield f"{name}.disable_after must be at least limit."


def _freshness(policy: Policy) -> Iterable[str]:
    if policy.retired_contacts_told <= policy.quarantine:
        yield (
            "freshness.retired_contacts_told_days must be more than quarantine_days: "
            "when a planted address begins to count, the one it replaced must still be told (N-IDP-17)."
        )


def _cooling(policy: Policy) -> Iterable[str]:
    for kind, action in policy.actions.items():
        named = {"cooling_minutes": action.cooling, "cooling_elevated_minutes": action.cooling_elevated}
        for name, cooling in named.items():
            if cooling > LONGEST_COOLING:
                yield (
                    f"action.{kind}.{name} must be at most {LONGEST_COOLING // timedelta(minutes=1)}: "
                    "the owner's link that stops it dies soon after (invariant 9)."
                )


def _unmeetable(policy: Policy) -> Iterable[str]:
    """Requirements that nobody could meet, whatever they have on file (invariant 8's rule, for evidence).

    An account of the standard tier has no authenticator to prove anything by, and none to reset.
    """
    everything = _everything(policy)
    for requirement in policy.requirements.values():
        if not is_met(requirement, everything):
            yield f"requirement.{requirement.name} can be met by nobody with the methods that are enabled."
    lost = [proof for proof in everything if proof.evidence is not EvidenceClass.BOUND_AUTHENTICATOR]
    for tier, requirement in _asked(policy, policy.actions[ActionKind.AUTHENTICATOR_RESET]):
        if is_met(requirement, everything) and not is_met(requirement, lost):
            yield f"action.authenticator_reset.{tier} can be met only with an authenticator, and that is what was lost."
    for kind, action in policy.actions.items():
        requirement = policy.requirements[action.requirement[Tier.STANDARD]]
        offered = kind is not ActionKind.AUTHENTICATOR_RESET
        if offered and is_met(requirement, everything) and not is_met(requirement, lost):
            yield f"action.{kind}.standard can be met only with an authenticator, and an account of that tier has none."


def _everything(policy: Policy) -> list[Evidence]:
    """What somebody with plenty of everything could prove by the enabled methods."""
    return [
        Evidence(evidence=rules.evidence, depends_on=frozenset({thing}), exposed=rules.exposed, confirmed=True)
        for method, rules in policy.methods.items()
        if rules.enabled
        for thing in _things(method)
    ]


def _things(method: Method) -> Iterable[str]:
    """What a method could stand on: saved codes are one set, of everything else there may be several."""
    return (RECOVERY_CODES,) if method is Method.RECOVERY_CODE else (f"{method}/{nth}" for nth in range(MOST_STEPS))


def _unordered(policy: Policy) -> Iterable[str]:
    """Requirements that no order holds between: a higher tier, or a higher risk, would ask for less in some way."""
    for kind, action in policy.actions.items():
        asked = {tier: policy.requirements[action.requirement[tier]] for tier in TIERS}
        for lower, higher in pairwise(TIERS):
            if not implies(asked[higher], asked[lower]):
                yield f"action.{kind}.{higher} must ask for everything that {lower} asks for."
        elevated = policy.requirements[action.elevated]
        for tier, usual in asked.items():
            if not implies(elevated, usual) and not implies(usual, elevated):
                yield f"action.{kind}.elevated must ask for everything that {tier} asks for, or for less (N-AAL-04)."


def _too_weak(policy: Policy) -> Iterable[str]:
    for tier, requirement in _asked(policy, policy.actions[ActionKind.AUTHENTICATOR_RESET]):
        if tier != Tier.STANDARD and not all(_is_aal2(alternative) for alternative in requirement.any_of):
            yield f"action.authenticator_reset.{tier} must need two different proofs (N-REC-15)."
    link = policy.actions[ActionKind.RESET_LINK]
    for tier in (Tier.PROTECTED, Tier.PRIVILEGED):
        ways = policy.requirements[link.requirement[tier]].any_of
        if not all(_is_aal2(alternative) or _is_binding(alternative) for alternative in ways):
            yield f"action.reset_link.{tier} must need two different proofs, or an authenticator (N-REC-01, N-REC-15)."
    for kind, action in policy.actions.items():
        for tier, requirement in _asked(policy, action):
            if not action.protective and not all(requirement.any_of):
                yield f"action.{kind}.{tier} needs no proof, and the action is not protective (invariant 3)."
    if not _has_unrestricted_way(policy):
        yield (
            "method.sms_code or method.voice_code is enabled and nothing else is: "
            "offer one method beside the telephone network (N-OOB-07)."
        )


def _unknown_passes(policy: Policy) -> Iterable[str]:
    """Unknown is a third answer of every signal; where it gives anything back, it is none that passes (invariant 5)."""
    giving = [action for action in policy.actions.values() if not action.protective]
    asked = {requirement.name: requirement for action in giving for _, requirement in _asked(policy, action)}
    for name, requirement in asked.items():
        if not requirement.confirmed:
            yield f"requirement.{name}.confirmed must be true: an unknown SIM history is no proof (invariant 5)."


def _unprotective(policy: Policy) -> Iterable[str]:
    """Protecting an account takes little proof, and does not wait (N-REC-18, N-REC-19)."""
    for kind, action in policy.actions.items():
        if action.protective and kind is not ActionKind.FREEZE:
            yield f"action.{kind}.protective must be false: freezing alone gives nothing back."
        if action.protective and (action.approval or action.cooling or action.cooling_elevated):
            yield f"action.{kind}.protective must wait for no approval and no cooling-off."
    freeze = policy.actions[ActionKind.FREEZE]
    for tier, requirement in _asked(policy, freeze):
        if not any(len(alternative) <= 1 for alternative in requirement.any_of):
            yield f"action.freeze.{tier} must need one proof at most (N-REC-19)."


def _asked(policy: Policy, action: ActionPolicy) -> list[tuple[str, RequirementPolicy]]:
    """Every requirement of an action, by tier, and by `elevated`."""
    return [(asker, policy.requirements[name]) for asker, name in _names(action).items()]


def _names(action: ActionPolicy) -> dict[str, str]:
    return {**{str(tier): action.requirement[tier] for tier in TIERS}, "elevated": action.elevated}


def _is_aal2(alternative: tuple[EvidenceClass, ...]) -> bool:
    """Two codes by different methods, or one code and a bound authenticator, or proofing (N-REC-15, AC-1)."""
    codes = CODES & set(alternative)
    bound = EvidenceClass.BOUND_AUTHENTICATOR in alternative
    return EvidenceClass.PROOFING in alternative or len(codes) >= 2 or (len(codes) == 1 and bound)


def _is_binding(alternative: tuple[EvidenceClass, ...]) -> bool:
    """Who still has an authenticator, and shows it, binds a new password with it: no recovery (N-REC-01, N-BND-01)."""
    return EvidenceClass.BOUND_AUTHENTICATOR in alternative


def _has_unrestricted_way(policy: Policy) -> bool:
    phone = any(policy.methods[one].enabled for one in (Method.SMS_CODE, Method.VOICE_CODE))
    other = (Method.TOTP, Method.RECOVERY_CODE, Method.EMAIL_CODE)
    return not phone or any(policy.methods[one].enabled for one in other)
