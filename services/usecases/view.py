"""A case as its agent sees it: every method and action, with why not yet and what would be enough."""

from dataclasses import dataclass
from datetime import datetime

from services.domain import answering, methods, verification
from services.domain import case as case_rules
from services.domain import recovery_rules as recovery
from services.domain.account import Dossier
from services.domain.assurance import RiskView, Step, cheapest, missing
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
    risk: RiskView
    tier: Tier
    methods: tuple[MethodView, ...]
    checks: tuple[CheckView, ...]
    actions: tuple[ActionView, ...]
    in_clear: dict[str, datetime]
    """Fields that are shown in clear, each with when it is masked again."""


def view(service: Service, staff: Staff, file: CaseFile) -> CaseView:
    """Judge everything that the card of a case shows."""
    closed = case_rules.objections(file.case, staff)
    if file.dossier is None or file.case.state is not CaseState.OPEN:
        return _record(service, file, closed)
    setting = setting_of(service, file.dossier, file.checks, file.unsettled)
    open_offers = _judged(service, staff, file, file.dossier, closed)
    actions = _actions(staff, setting, _steps(open_offers, setting), closed)
    wanted = _next_option(actions)
    return CaseView(
        file=file,
        why_not=closed,
        risk=setting.risk,
        tier=file.dossier.tier,
        methods=tuple(
            MethodView(offer=offer, why_not=reasons, suggested=offer.option == wanted) for offer, reasons in open_offers
        ),
        checks=tuple(_check(service, one, file.dossier, working=not closed) for one in file.checks),
        actions=actions,
        in_clear=case_rules.in_clear(file.case, staff, _reveals(file), service.clock()),
    )


def _record(service: Service, file: CaseFile, closed: tuple[Why, ...]) -> CaseView:
    """What was done, and nothing of the account as it is now: a case that ended is no window on it (invariant 2)."""
    return CaseView(
        file=file,
        why_not=closed,
        risk=RiskView(risk=Risk.STANDARD, reasons=()),
        tier=Tier.STANDARD,
        methods=(),
        checks=tuple(_check(service, one) for one in file.checks),
        actions=(),
        in_clear={},
    )


def _reveals(file: CaseFile) -> list[Reveal]:
    shown = [entry for entry in file.timeline if entry.event is Event.FIELD_REVEALED]
    return [Reveal(field=str(entry.details["field"]), to=entry.actor, at=entry.at) for entry in shown]


def _judged(
    service: Service, staff: Staff, file: CaseFile, dossier: Dossier, closed: tuple[Why, ...]
) -> list[tuple[Offer, tuple[Why, ...]]]:
    """Every method with what stops it, for the case and for this member of staff alike."""
    may = (*closed, *lacks(staff, Permission.RUN_CHECK))
    now = service.clock()
    judged = []
    for offer in methods.offers(dossier):
        rules = verification.objections_to_start(offer, dossier, file.checks, service.policy, now)
        judged.append((offer, (*may, *rules)))
    return judged


def _steps(judged: list[tuple[Offer, tuple[Why, ...]]], setting: Setting) -> list[Step]:
    """The methods that could be run now, as steps of a plan."""
    policy, now = setting.policy, setting.now
    return [
        Step(
            option=offer.option,
            proof=methods.proof_of(offer, policy, now),
            seconds=policy.methods[offer.method].seconds,
        )
        for offer, reasons in judged
        if not reasons
    ]


def _actions(staff: Staff, setting: Setting, steps: list[Step], closed: tuple[Why, ...]) -> tuple[ActionView, ...]:
    plans: dict[tuple[str, frozenset[str]], tuple[Step, ...] | None] = {}
    views = []
    for wanted in recovery.possibilities(setting.dossier):
        requirement = recovery.requirement_of(wanted, setting)
        key = (requirement.name, wanted.touches)
        if key not in plans:
            plans[key] = _plan(wanted, requirement, setting, steps)
        views.append(_action(wanted, staff, setting, plans[key], closed))
    return tuple(views)


def _plan(
    wanted: Possibility, requirement: RequirementPolicy, setting: Setting, steps: list[Step]
) -> tuple[Step, ...] | None:
    allowed = [step for step in steps if not step.proof.depends_on & wanted.touches]
    return cheapest(requirement, recovery.evidence_for(wanted, setting), allowed)


def _action(
    wanted: Possibility, staff: Staff, setting: Setting, plan: tuple[Step, ...] | None, closed: tuple[Why, ...]
) -> ActionView:
    rules = setting.policy.actions[wanted.kind]
    requirement = recovery.requirement_of(wanted, setting)
    frozen = setting.dossier.account.frozen_at is not None
    out_of_reach = (Why(code=Objection.CANNOT_BE_PROVEN),) if plan is None and not frozen else ()
    return ActionView(
        wanted=wanted,
        about=about(wanted, setting),
        requirement=requirement,
        missing=missing(requirement, recovery.evidence_for(wanted, setting), plan),
        next_options=tuple(step.option for step in plan or ()),
        why_not=(*closed, *recovery.objections(wanted, staff, setting), *out_of_reach),
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
    readable = working and check.method is Method.REVERSE_CODE and state is CheckState.PENDING
    return CheckView(
        check=check,
        state=state,
        lapses_at=verification.lapses_at(check, service.policy) if dossier else None,
        attempts_left=answering.attempts_left(check, dossier.attempts, service.policy, now) if dossier else 0,
        counts=dossier is not None and verification.counts(check, dossier, service.policy, now),
        read_out=check.read_out if readable else None,
    )
