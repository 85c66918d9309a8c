"""Cases: opening, looking up, revealing, noting, closing."""

from dataclasses import dataclass, replace

from services.domain import case as rules
from services.domain.account import Dossier
from services.domain.budget import Budget, Hour, lookups_of, reveals_of, spend
from services.domain.case import Case, CaseNote
from services.domain.identifiers import candidates
from services.domain.outcome import Detail, Entry, Missing, Outcome, Stale, Why, demand
from services.domain.recovery import UNSETTLED, Action
from services.domain.staff import Staff
from services.domain.verification import Check, end
from services.usecases.ports import LoggedEntry, Work
from services.usecases.service import Service
from services.vocabulary import AccountId, ActorId, CaseId, Channel, CheckState, Event, Objection


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything of one case, read in one transaction."""

    case: Case
    dossier: Dossier | None
    checks: list[Check]
    actions: list[Action]
    unsettled: list[Action]
    """Of the account, of any case."""
    timeline: list[LoggedEntry]
    hour: Hour
    """What of their budgets whoever reads it has used."""
    names: dict[str, str]
    """First names of the staff in the timeline, by id."""


def open_case(service: Service, work: Work, staff: Staff, channel: Channel, reference: str) -> Case:
    """Open a case.

    Raises:
        Refused: Without the permission or a reference.
    """
    case = Case(
        id=CaseId(service.new_id("case")),
        number=service.new_case_number(),
        channel=channel,
        reference=" ".join(reference.split()),
        agent_id=staff.id,
        opened_at=service.clock(),
    )
    return work.cases.put(work.record(rules.open_case(case, staff, service.clock())))


def read_case(service: Service, work: Work, staff: Staff, case_id: str) -> Case:
    """A case, for its agent or for someone who sees every case; the latter's look is on record (invariant 2).

    Raises:
        Missing: If there is no such case, or it is not theirs to see.
    """
    case = work.cases.find(case_id)
    if case is None or not rules.may_read(case, staff):
        raise Missing
    if not rules.is_own(case, staff):
        _note(service, work, case, staff, Event.CASE_READ, {})
    return case


def own_case(work: Work, staff: Staff, case_id: str) -> Case:
    """A case that *staff* may work on now.

    Raises:
        Missing: If there is no such case, or it is somebody else's.
        Refused: If it is not open.
    """
    case = _known(work, staff, case_id)
    demand(rules.objections(case, staff))
    return case


def _known(work: Work, staff: Staff, case_id: str) -> Case:
    """A case that *staff* opened or may read; of any other they do not learn that it is there (A-33)."""
    case = work.cases.find(case_id)
    if case is None or not (case.agent_id == staff.id or rules.may_read(case, staff)):
        raise Missing
    return case


def look_up(service: Service, work: Work, staff: Staff, case_id: str, query: str) -> Case:
    """Find the account of a case. One match or none; several are none.

    Raises:
        Refused: If the case has its account already, nothing readable was typed, or the look-ups are used up.
    """
    case = own_case(work, staff, case_id)
    readings = candidates(query, service.spellings)
    hour = work.budgets.hour(staff.id)
    reasons = rules.objections_to_look_up(case, staff, hour.lookups, service.policy, service.clock())
    demand(reasons if readings else (*reasons, Why(code=Objection.UNREADABLE_QUERY)))
    _spend(service, work, lookups_of(staff.id))
    found = work.accounts.match(readings)
    result = "matched" if found else "no_match"
    after = replace(case, account_id=found, lookup=result, lookups=case.lookups + 1)
    event = Event.LOOKUP_MATCHED if found else Event.LOOKUP_UNMATCHED
    _note(service, work, after, staff, event, {"by": readings[0].kind})  # the likeliest reading of what was typed
    return work.cases.put(after)


def imagined(case: Case, account_id: AccountId | None) -> Case:
    """The case as if a look-up had matched some account: for spending as long on a miss as on a hit."""
    return replace(case, account_id=account_id)


def without_account(file: CaseFile) -> CaseFile:
    """The same file as if no look-up had matched."""
    return replace(file, case=imagined(file.case, None), dossier=None, unsettled=[])


def reveal(service: Service, work: Work, staff: Staff, case_id: str, field: str, reason: str) -> Case:
    """Show a masked field of the case's account in clear to its agent, for a reason and a moment (invariant 2).

    Raises:
        Refused: Without the permission, a reason, an account, or such a field; or when the hour's reveals are used up.
    """
    case = own_case(work, staff, case_id)
    hour = work.budgets.hour(staff.id)
    reasons = list(rules.objections_to_reveal(case, staff, hour.reveals, service.policy, service.clock()))
    if not reason.strip():
        reasons.append(Why(code=Objection.REASON_MISSING))
    if case.account_id is not None and field not in _fields(work.accounts.dossier(case.account_id)):
        reasons.append(Why(code=Objection.NO_SUCH_FIELD))
    demand(reasons)
    _spend(service, work, reveals_of(staff.id))
    _note(service, work, case, staff, Event.FIELD_REVEALED, {"field": field}, prose=reason)
    return work.cases.put(replace(case, revealed=tuple(dict.fromkeys((*case.revealed, field)))))


def _fields(dossier: Dossier) -> set[str]:
    """What of an account can be shown in clear."""
    return {"name", *(contact.id for contact in dossier.current_contacts)}


def note(service: Service, work: Work, staff: Staff, case_id: str, text: str) -> Case:
    """Add a note to a case, its agent's even after it ended.

    Raises:
        Missing: If there is no such case, or it is not theirs to see.
        Refused: If it is somebody else's, or the note is empty.
    """
    case = _known(work, staff, case_id)
    kept = text.strip()
    work.record(rules.note(case, staff, kept, service.clock()))
    _keep_note(service, work, case, staff, kept)
    return case


def close(service: Service, work: Work, staff: Staff, case_id: str, version: int, text: str) -> Case:
    """End a case; its pending checks end with it.

    Raises:
        Missing: If there is no such case, or it is somebody else's.
        Refused: If it is not open.
        Stale: If it changed since the agent saw it.
    """
    case = own_case(work, staff, case_id)
    if case.version != version:
        raise Stale("the case changed")
    kept = text.strip()
    closed = work.cases.put(work.record(rules.close(case, staff, kept, service.clock())))
    if kept:
        _keep_note(service, work, case, staff, kept)
    cancel_pending(service, work, case, ActorId(staff.id))
    return closed


def cancel_pending(service: Service, work: Work, case: Case, actor: ActorId) -> None:
    """Cancel whatever checks of a case are still pending."""
    for check in work.checks.of_case(case.id):
        if check.state is CheckState.PENDING:
            work.checks.put(work.record(end(check, CheckState.CANCELLED, actor, service.clock())))


def case_file(work: Work, staff: Staff, case: Case) -> CaseFile:
    """Everything that a card of the case shows."""
    dossier = work.accounts.dossier(case.account_id) if case.account_id else None
    timeline = list(work.timeline(case.id))
    others = {entry.actor for entry in timeline} - {staff.id}
    known = [staff, *filter(None, (work.staff.find(person) for person in others))]
    names = {str(one.id): one.first_name for one in known}
    around = work.actions.around(case.id, case.account_id)
    return CaseFile(
        case=case,
        dossier=dossier,
        checks=work.checks.of_case(case.id),
        actions=[one for one in around if one.case_id == case.id],
        unsettled=[one for one in around if one.state in UNSETTLED],
        timeline=timeline,
        hour=work.budgets.hour(staff.id),
        names=names,
    )


def _keep_note(service: Service, work: Work, case: Case, staff: Staff, text: str) -> None:
    work.notes.put(
        CaseNote(id=service.new_id("note"), case_id=case.id, staff_id=staff.id, text=text, written_at=service.clock())
    )


def _spend(service: Service, work: Work, budget_id: str) -> None:
    now = service.clock()
    work.budgets.put(spend(work.budgets.find(budget_id) or Budget(id=budget_id, spent=0, since=now), now))


def _note(
    service: Service,
    work: Work,
    case: Case,
    staff: Staff,
    event: Event,
    details: dict[str, Detail],
    prose: str | None = None,
) -> None:
    entry = Entry(
        event=event,
        at=service.clock(),
        actor=ActorId(staff.id),
        subject=case.account_id,
        case=case.id,
        details=details,
        prose=prose,
    )
    work.record(Outcome(state=None, entry=entry))
