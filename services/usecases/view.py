"""A case as its agent sees it: every method and action, with why not yet and what would be enough."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.domain import answering, attempts, methods, verification
from services.domain import case as case_rules
from services.domain import recovery_rules as recovery
from services.domain.account import Dossier
from services.domain.assurance import RiskView, Step, Way, is_met, way_to
from services.domain.case import Reveal
from services.domain.methods import Offer
from services.domain.outcome import Why
from services.domain.policy import RequirementPolicy
from services.domain.recovery_rules import Possibility, Setting
from services.domain.staff import Staff, lacks
from services.domain.verification import Check
from services.usecases.actions import about, setting_of
from services.usecases.cases import CaseFile
from services.usecases.service import Service
from services.vocabulary import (
    CaseState,
    CheckState,
    Event,
    EvidenceClass,
    Method,
    Objection,
    Permission,
    Risk,
    Tier,
)

_NONE_NEEDED = Way(steps=())
"""Enough is proven, or no proof helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodView:
    """A method, and what stops it."""

    offer: Offer
    why_not: tuple[Why, ...]
    suggested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """A check with time taken into account."""

    check: Check
    state: CheckState
    lapses_at: datetime | None
    attempts_left: int
    counts: bool
    read_out: str | None
    """Reverse code: what the case's agent reads to the caller. None for everybody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """An action, what it needs, what is missing, and the cheapest way there."""

    wanted: Possibility
    about: str
    requirement: RequirementPolicy
    met: bool
    missing: tuple[EvidenceClass, ...]
    next_options: tuple[str, ...]
    why_not: tuple[Why, ...]
    needs_approval: bool
    cooling_seconds: int
    reason_needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Everything of a case, judged for one member of staff, now."""

    file: CaseFile
    why_not: tuple[Why, ...]
    note_why_not: tuple[Why, ...]
    lookups_left: int
    lookup_why_not: tuple[Why, ...]
    reveal_why_not: tuple[Why, ...]
    risk: RiskView
    tier: Tier
    methods: tuple[MethodView, ...]
    checks: tuple[CheckView, ...]
    actions: tuple[ActionView, ...]
    in_clear: dict[str, datetime]
    """Fields that are shown in clear, each with when it is masked again."""


def view(service: Service, staff: Staff, file: CaseFile) -> CaseView:
    """Judge everything that the card of a case shows."""
    case, policy, now = file.case, service.policy, service.clock()
    closed = case_rules.objections(case, staff)
    bare = CaseView(
        file=file,
        why_not=closed,
        note_why_not=case_rules.objections_to_note(case, staff),
        lookups_left=case_rules.lookups_left(case, file.hour.lookups, policy, now),
        lookup_why_not=case_rules.objections_to_look_up(case, staff, file.hour.lookups, policy, now),
        reveal_why_not=case_rules.objections_to_reveal(case, staff, file.hour.reveals, policy, now),
        risk=RiskView(risk=Risk.STANDARD, reasons=()),
        tier=Tier.STANDARD,
        methods=(),
        checks=tuple(_check(service, one) for one in file.checks),
        actions=(),
        in_clear={},
    )
    if file.dossier is None or case.state is not CaseState.OPEN:
        return bare  # a case that ended is no window on the account as it is now (invariant 2)
    setting = setting_of(service, file.dossier, file.checks, file.unsettled)
    judged = _judged(service, file, file.dossier)
    may = (*closed, *lacks(staff, Permission.RUN_CHECK))
    actions = _actions(staff, setting, _steps(judged, setting), closed, may)
    wanted = _next_option(actions)
    return replace(
        bare,
        risk=setting.risk,
        tier=file.dossier.tier,
        methods=tuple(
            MethodView(offer=offer, why_not=(*may, *reasons), suggested=offer.option == wanted)
            for offer, reasons in judged
        ),
        checks=tuple(_check(service, one, file.dossier, working=not closed) for one in file.checks),
        actions=actions,
        in_clear=case_rules.in_clear(case, staff, _reveals(file), now),
    )


def _reveals(file: CaseFile) -> list[Reveal]:
    shown = [entry for entry in file.timeline if entry.event is Event.FIELD_REVEALED]
    return [Reveal(field=str(entry.details["field"]), to=entry.actor, at=entry.at) for entry in shown]


def _judged(service: Service, file: CaseFile, dossier: Dossier) -> list[tuple[Offer, tuple[Why, ...]]]:
    """Every method with what stops it, whoever asks."""
    now = service.clock()
    return [
        (offer, verification.objections_to_start(offer, dossier, file.checks, service.policy, now))
        for offer in methods.offers(dossier)
    ]


def _steps(judged: list[tuple[Offer, tuple[Why, ...]]], setting: Setting) -> list[Step]:
    """The methods that could be run, now or when they have rested, as steps of a plan."""
    policy, now = setting.policy, setting.now
    return [
        Step(
            option=offer.option,
            proof=methods.proof_of(offer, policy, now),
            seconds=policy.methods[offer.method].seconds,
            rests_until=attempts.rests_until(reasons),
        )
        for offer, reasons in judged
        if not reasons or attempts.rests_until(reasons) is not None
    ]


def _actions(
    staff: Staff, setting: Setting, steps: list[Step], closed: tuple[Why, ...], may: tuple[Why, ...]
) -> tuple[ActionView, ...]:
    """Every action. What *may* objects to is no next step; *closed* is why nothing is done in this case at all."""
    ways: dict[tuple[str, frozenset[str]], Way] = {}
    views = []
    for wanted in recovery.possibilities(setting.dossier):
        requirement = recovery.requirement_of(wanted, setting)
        reasons, way = recovery.objections(wanted, staff, setting), _NONE_NEEDED
        if any(why.code is Objection.NEEDS_MORE_PROOF for why in reasons):
            key = (requirement.name, wanted.touches)
            if key not in ways:
                allowed = [step for step in steps if not step.proof.depends_on & wanted.touches]
                ways[key] = way_to(requirement, recovery.evidence_for(wanted, setting), allowed)
            way = ways[key]
        why_not = closed or (*reasons, *way.why_not)
        views.append(_action(wanted, setting, way, why_not, startable=not may and not way.why_not))
    return tuple(views)


def _action(
    wanted: Possibility, setting: Setting, way: Way, why_not: tuple[Why, ...], *, startable: bool
) -> ActionView:
    rules = setting.policy.actions[wanted.kind]
    requirement = recovery.requirement_of(wanted, setting)
    return ActionView(
        wanted=wanted,
        about=about(wanted, setting),
        requirement=requirement,
        met=is_met(requirement, recovery.evidence_for(wanted, setting)),
        missing=tuple(step.proof.evidence for step in way.steps),
        next_options=tuple(step.option for step in way.steps) if startable else (),
        why_not=why_not,
        needs_approval=setting.dossier.tier in rules.approval,
        reason_needed=rules.reason_needed,
        cooling_seconds=int(recovery.cooling_of(wanted, setting).total_seconds()),
    )


def _next_option(actions: tuple[ActionView, ...]) -> str | None:
    """The cheapest next step towards the first action that still needs one."""
    return next((view.next_options[0] for view in actions if view.next_options), None)


def _check(service: Service, check: Check, dossier: Dossier | None = None, *, working: bool = False) -> CheckView:
    """A check as it stands; without *dossier* as a thing of the past, which proves nothing any more."""
    now = service.clock()
    state = verification.state_now(check, now)
    if dossier is not None:
        state = verification.state_for(check, dossier, service.policy, now)
    readable = working and check.method is Method.REVERSE_CODE and state is CheckState.PENDING
    return CheckView(
        check=check,
        state=state,
        lapses_at=verification.lapses_at(check, service.policy) if dossier else None,
        attempts_left=answering.attempts_left(check, dossier.attempts, service.policy, now) if dossier else 0,
        counts=dossier is not None and verification.counts(check, dossier, service.policy, now),
        read_out=check.read_out if readable else None,
    )
