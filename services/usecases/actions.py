"""Recovery actions: asking for one, performing its steps, stopping it."""

from services.domain import recovery, recovery_life
from services.domain import recovery_rules as rules
from services.domain.account import Dossier
from services.domain.case import Case
from services.domain.handover import NOTICE_OF
from services.domain.masking import mask_contact
from services.domain.outcome import Outcome, Refused, Stale
from services.domain.recovery import Action
from services.domain.recovery_rules import Possibility, Setting
from services.domain.staff import Staff
from services.domain.verification import Check, evidence_of
from services.usecases.cases import own_case
from services.usecases.messages import notices_of, tell_everyone
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import ActionId, ActionKind, ActionState, ActorId, MessageKind, Objection


def setting_of(service: Service, dossier: Dossier, checks: list[Check], unsettled: list[Action]) -> Setting:
    """The circumstances in which actions of a case are judged now."""
    now = service.clock()
    return Setting(
        dossier=dossier,
        evidence=evidence_of(checks, dossier, service.policy, now),
        running=frozenset(Possibility(kind=one.kind, target=one.target) for one in unsettled),
        policy=service.policy,
        now=now,
    )


def run(service: Service, work: Work, staff: Staff, case_id: str, option: str, version: int, reason: str) -> Action:
    """Run a recovery action of the case's account, or start its cooling-off.

    Raises:
        Missing: If there is no such case, or it is somebody else's.
        Refused: With everything that objects.
        Stale: If the case changed since the agent saw what they decided on (C-TA-06).
    """
    case = own_case(work, staff, case_id)
    if case.account_id is None:
        raise Refused(Objection.NO_ACCOUNT_YET)
    if case.version != version:
        raise Stale("the case changed")
    dossier = work.accounts.dossier(case.account_id)
    wanted = next((one for one in rules.possibilities(dossier) if one.option == option), None)
    if wanted is None:
        raise Refused(Objection.NOTHING_TO_DO)
    unsettled = work.actions.unsettled(case.account_id)
    setting = setting_of(service, dossier, work.checks.of_case(case.id), unsettled)
    outcome = recovery.request(
        wanted,
        staff,
        setting,
        action_id=ActionId(service.new_id("act")),
        case_id=case.id,
        about=about(wanted, setting),
        reason=reason,
    )
    action = work.actions.put(work.record(outcome))
    work.cases.put(case)
    if action.state is ActionState.COOLING:
        _warn(service, work, case, dossier, action)
    return action


def about(wanted: Possibility, setting: Setting) -> str:
    """What an action acts on, masked: an authenticator's label, where a link would go."""
    authenticator = setting.dossier.authenticator(wanted.target)
    contact = rules.handover_of(wanted, setting)
    to = "" if contact is None else mask_contact(contact)
    return " \N{RIGHTWARDS ARROW} ".join(part for part in (authenticator.label if authenticator else "", to) if part)


def _warn(service: Service, work: Work, case: Case, dossier: Dossier, action: Action) -> None:
    """Tell the owner of what is scheduled, while they can still stop it (invariant 9)."""
    tell_everyone(service, work, case, dossier, MessageKind.NOTICE_SCHEDULED, action)


def stop_everything(
    service: Service, work: Work, dossier: Dossier, actor: str, but: ActionId | None = None
) -> list[Action]:
    """Stop every action of an account that can still be stopped, *but* one."""
    now = service.clock()
    stopped = []
    for action in work.actions.unsettled(dossier.account.id):
        if action.id == but:
            continue
        stopped.append(end_early(service, work, dossier, recovery_life.stop(action, ActorId(actor), now)))
    return stopped


def end_early(service: Service, work: Work, dossier: Dossier, outcome: Outcome[Action]) -> Action:
    """Put away an action that failed or was stopped. What was done of it is told as if it were finished (N-REC-17).

    Once: where its own notices were written, they tell of it, or were given up.
    """
    action = work.actions.put(work.record(outcome))
    if action.ended_untold and not notices_of(work, dossier, NOTICE_OF[action.kind], action):
        kind = MessageKind.NOTICE_FROZEN if action.kind is ActionKind.FREEZE else MessageKind.NOTICE_UNFINISHED
        tell_everyone(service, work, work.cases.get(action.case_id), dossier, kind, action)
    return action
