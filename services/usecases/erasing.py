"""Erasing what staff typed about an account: for a person who asks to be forgotten, without breaking the log (L-12)."""

from dataclasses import asdict, dataclass

from services.domain.case import ERASED, without_words
from services.domain.identifiers import Candidate, Kind, canonical_customer_number
from services.domain.outcome import Entry, Missing, Outcome
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import AccountId, ActorId, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How many of each there were."""

    words: int
    """Reasons, notes and references beside the audit log."""
    notes: int
    references: int


def account_with(service: Service, work: Work, customer_number: str) -> AccountId:
    """The account with this customer number, however it is spelt; found by keyed index, and nothing of it is read.

    Raises:
        Missing: If there is none.
    """
    canonical = canonical_customer_number(customer_number, service.spellings)
    found = canonical and work.accounts.match([Candidate(Kind.CUSTOMER_NUMBER, canonical)])
    if not found:
        raise Missing
    return found


def erase_words(service: Service, work: Work, account_id: AccountId, actor: ActorId) -> Erased:
    """Erase everything that was typed about an account, in every case whose account it became; on record, with counts.

    That is what was typed before the account was found, too. A case keeps a dash for its reference.
    """
    cases = work.cases.of_account(account_id)
    worded = [case for case in cases if case.reference != ERASED]
    erased = Erased(
        words=work.erase_prose(account_id),
        notes=sum(work.notes.erase(case.id) for case in cases),
        references=len(worded),
    )
    for case in worded:
        work.cases.put(without_words(case))
    entry = Entry(event=Event.WORDS_ERASED, at=service.clock(), actor=actor, subject=account_id, details=asdict(erased))
    work.record(Outcome(state=None, entry=entry))
    return erased
