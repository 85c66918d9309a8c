"""Containment: one tap of the owner freezes the case and the account, stops what can be stopped and opens a review."""

from dataclasses import replace
from datetime import datetime

from services.domain import containment as rules
from services.domain.account import Account, Dossier
from services.domain.case import Case
from services.domain.containment import Review
from services.usecases.actions import stop_everything
from services.usecases.cases import cancel_pending
from services.usecases.messages import tell_everyone
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import CUSTOMER, CaseState, MessageKind


def contain(service: Service, work: Work, case: Case, dossier: Dossier, reason: str) -> None:
    """Freeze, stop, cancel, sign out, tell and flag, all in one transaction (invariant 9, N-REC-21).

    Repeatable: what is frozen stays frozen, and one review is opened for each case and reason; whoever is signed in
    then is signed out.
    """
    now = service.clock()
    stop_everything(service, work, dossier, CUSTOMER)
    if case.state is not CaseState.FROZEN:
        work.cases.put(work.record(rules.freeze_case(case, CUSTOMER, now)))
    cancel_pending(service, work, case, CUSTOMER)
    if dossier.account.frozen_at is None:
        work.accounts.put(work.record(rules.freeze_account(dossier.account, case.id, CUSTOMER, now)))
    _sign_out(work, case, dossier.account, now)
    review = Review(
        id=f"rev_{case.id.removeprefix('case_')}_{reason}",
        account_id=dossier.account.id,
        case_id=case.id,
        reason=reason,
        opened_at=now,
    )
    if work.reviews.find(review.id) is None:
        work.reviews.put(work.record(rules.open_review(review, CUSTOMER)))
    frozen = replace(dossier, account=replace(dossier.account, frozen_at=now))
    tell_everyone(service, work, case, frozen, MessageKind.NOTICE_FROZEN)


def _sign_out(work: Work, case: Case, account: Account, now: datetime) -> None:
    """Nobody stays in, least of all whoever got in by what is stopped."""
    sessions, devices = work.directory.revoke_sessions(account.id), work.directory.forget_devices(account.id)
    if sessions or devices:
        work.record(rules.sign_out(account, case.id, sessions, devices, CUSTOMER, now))
