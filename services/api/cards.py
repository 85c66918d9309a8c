"""Facts and decisions to the cards that cross the wire: masked here, and nowhere shown more than asked for."""

from collections.abc import Sequence
from datetime import datetime

from services.contract.accounts import AccountCard, AuthenticatorCard, ContactCard
from services.contract.actions import ActionCard, RecoveryCard, Requirement, StepCard
from services.contract.cases import CaseCard, CaseLine, TimelineItem
from services.contract.checks import CheckCard, CodeShape, MethodCard
from services.contract.problems import Reason
from services.contract.staff import SessionCard, StaffCard
from services.domain.account import Authenticator, ContactPoint, Dossier, is_fresh, sim_swap
from services.domain.case import Case, objections_to_open
from services.domain.masking import mask_contact, mask_name
from services.domain.one_time import MIN_DIGITS, RECOVERY_LETTERS
from services.domain.outcome import Why
from services.domain.recovery import Action
from services.domain.staff import SESSION_IDLE, SESSION_LIFE, Staff, StaffSession
from services.usecases.ports import LoggedEntry
from services.usecases.service import Service
from services.usecases.view import ActionView, CaseView, CheckView, MethodView
from services.vocabulary import CaseState, ContactKind, Event, Method, Objection

_SHOWN = (
    *("method", "action", "step", "state", "reason", "field", "by", "kind", "channel", "count"),
    *("requirement", "route", "sessions", "devices"),
)
"""Details of an audit entry that a timeline shows; the rest is for the log."""
_CODES = {Method.REVERSE_CODE: None, Method.RECOVERY_CODE: CodeShape(length=RECOVERY_LETTERS, letters=True)}
"""What is read out for a method, where it is not a code of digits."""


def reason(why: Why) -> Reason:
    """An objection with what completes its sentence."""
    return Reason(code=why.code, at=why.at.isoformat() if why.at else None, about=why.about)


def reasons(whys: tuple[Why, ...]) -> tuple[Reason, ...]:
    """Objections, each once, in order."""
    return tuple(dict.fromkeys(reason(why) for why in whys))


def staff_card(staff: Staff) -> StaffCard:
    """A member of staff."""
    return StaffCard(
        id=staff.id,
        login=staff.login,
        name=staff.name,
        role=staff.role,
        enabled=staff.enabled,
    )


def session_card(staff: Staff, session: StaffSession, log_key: str) -> SessionCard:
    """A staff session."""
    return SessionCard(
        staff=staff_card(staff),
        ends_at=session.started_at + SESSION_LIFE,
        idle_seconds=int(SESSION_IDLE.total_seconds()),
        log_key=log_key,
        open_why_not=reasons(objections_to_open(staff)),
    )


def case_card(service: Service, view: CaseView) -> CaseCard:
    """Everything of a case."""
    file, case = view.file, view.file.case
    kinds = {str(one.id): str(one.kind) for one in file.dossier.contacts} if file.dossier else {}
    return CaseCard(
        id=case.id,
        number=case.number,
        version=case.version,
        state=case.state,
        channel=case.channel,
        reference=case.reference,
        opened_at=case.opened_at,
        lookup=case.lookup,
        lookups_left=view.lookups_left,
        lookup_why_not=reasons(view.lookup_why_not),
        reveal_why_not=reasons(view.reveal_why_not),
        risk=view.risk.risk,
        risk_reasons=reasons(view.risk.reasons),
        account=_account(service, file.dossier, view) if file.dossier else None,
        methods=tuple(_method(service, one) for one in view.methods),
        checks=tuple(_check(service, one, file.dossier) for one in view.checks),
        actions=tuple(_action(one) for one in view.actions),
        recoveries=tuple(_recovery(one, file.timeline) for one in file.actions),
        timeline=tuple(_timeline(entry, file.names, kinds) for entry in file.timeline),
        why_not=reasons(view.why_not),
        note_why_not=reasons(view.note_why_not),
    )


def case_line(case: Case) -> CaseLine:
    """A case in a list."""
    return CaseLine(
        id=case.id, number=case.number, state=case.state, reference=case.reference, opened_at=case.opened_at
    )


def masked(contact: ContactPoint | None) -> str:
    """A contact point as staff may see it."""
    return "" if contact is None else mask_contact(contact)


def _account(service: Service, dossier: Dossier, view: CaseView) -> AccountCard:
    account, now, shown = dossier.account, service.clock(), view.in_clear
    state = view.file.case.state
    live = state is CaseState.OPEN
    return AccountCard(
        id=account.id,
        name=account.name if "name" in shown else mask_name(account.name),
        customer_number=account.customer_number,
        tier=view.tier,
        created_at=account.created_at,
        last_sign_in_at=account.last_sign_in_at if live else None,
        locked=live and account.locked_at is not None,
        frozen=account.frozen_at is not None if live else state is CaseState.FROZEN,
        contacts=tuple(_contact(service, one, one.id in shown, now) for one in dossier.current_contacts if live),
        authenticators=tuple(_authenticator(service, one, now) for one in dossier.authenticators if live),
        recovery_codes_left=len(dossier.recovery_codes.digests) if live and dossier.recovery_codes else 0,
        trusted_devices=dossier.trusted_devices if live else 0,
        sessions=dossier.sessions if live else 0,
        revealed=tuple(sorted(shown)),
        masked_again_at=min(shown.values(), default=None),
        live=live,
    )


def _contact(service: Service, contact: ContactPoint, shown: bool, now: datetime) -> ContactCard:
    return ContactCard(
        id=contact.id,
        kind=contact.kind,
        masked=masked(contact),
        verified_at=contact.verified_at,
        changed_at=contact.changed_at,
        fresh=is_fresh(contact.changed_at, service.policy, now),
        sim_swap=sim_swap(contact, service.policy, now) if contact.kind is ContactKind.PHONE else None,
        revealed=contact.value if shown else None,
    )


def _authenticator(service: Service, one: Authenticator, now: datetime) -> AuthenticatorCard:
    return AuthenticatorCard(
        id=one.id,
        kind=one.kind,
        label=one.label,
        fresh=is_fresh(one.bound_at, service.policy, now),
        disabled_at=one.disabled_at,
    )


def _method(service: Service, view: MethodView) -> MethodCard:
    rules = service.policy.methods[view.offer.method]
    return MethodCard(
        option=view.offer.option,
        method=view.offer.method,
        target=view.offer.target,
        masked=masked(view.offer.contact),
        seconds=rules.seconds,
        why_not=reasons(view.why_not),
        suggested=view.suggested,
    )


def _check(service: Service, view: CheckView, dossier: Dossier | None) -> CheckCard:
    check, rules = view.check, service.policy.methods[view.check.method]
    return CheckCard(
        id=check.id,
        method=check.method,
        target=check.target,
        masked=masked(dossier.contact(check.contact_id)) if dossier else "",
        evidence=rules.evidence,
        exposed=rules.exposed,
        state=view.state,
        started_at=check.started_at,
        expires_at=check.expires_at,
        lapses_at=view.lapses_at,
        attempts_left=view.attempts_left,
        wrong_answers=view.check.wrong,
        code=_CODES.get(check.method, CodeShape(length=MIN_DIGITS, letters=False)),
        read_out=view.read_out,
        opened_by_owner=check.opened_at is not None,
        counts=view.counts,
    )


def _action(view: ActionView) -> ActionCard:
    return ActionCard(
        option=view.wanted.option,
        kind=view.wanted.kind,
        about=view.about,
        requirement=Requirement(
            name=view.requirement.name,
            met=view.met,
            missing=view.missing,
            next_options=view.next_options,
        ),
        why_not=reasons(view.why_not),
        needs_approval=view.needs_approval,
        reason_needed=view.reason_needed,
        cooling_seconds=view.cooling_seconds,
    )


def _recovery(action: Action, timeline: Sequence[LoggedEntry]) -> RecoveryCard:
    return RecoveryCard(
        id=action.id,
        kind=action.kind,
        about=action.about,
        state=action.state,
        requested_at=action.requested_at,
        due_at=action.due_at,
        link_expires_at=action.link_expires_at,
        why_stopped=_why_stopped(action, timeline),
        steps=tuple(
            StepCard(kind=step.kind, state=step.state, result=step.result, done_at=step.done_at)
            for step in action.steps
        ),
    )


def _why_stopped(action: Action, timeline: Sequence[LoggedEntry]) -> tuple[Reason, ...]:
    stops = (one.details for one in timeline if one.event is Event.ACTION_STOPPED and one.details["id"] == action.id)
    return tuple(Reason(code=Objection(code)) for details in stops for code in details.get("reasons", ()))


def _timeline(entry: LoggedEntry, names: dict[str, str], kinds: dict[str, str]) -> TimelineItem:
    """An entry in people's terms: by the first *names* of staff, and by the *kinds* of contact points."""
    shown = [(name, entry.details[name]) for name in _SHOWN if entry.details.get(name) is not None]
    shown = [(name, kinds.get(str(value), value) if name == "field" else value) for name, value in shown]
    return TimelineItem(
        at=entry.at,
        event=entry.event,
        actor=names.get(entry.actor, entry.actor),
        about=tuple((name, value if isinstance(value, str) else _plain(value)) for name, value in shown),
    )


def _plain(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)


ANSWER_OBJECTIONS = {"wrong": Objection.WRONG_CODE, "replayed": Objection.CODE_REPLAYED}
"""How an answer that did not fit is called on the wire."""
