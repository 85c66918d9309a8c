"""After a backup was put back: what it says is under way is stopped, for what happened since is forgotten."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from services.domain import recovery_life, verification
from services.domain.outcome import Entry, Outcome, Why
from services.usecases.delivery import give_up_message
from services.usecases.messages import delivery_of
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import ActorId, CheckState, Event, Objection

AT_ONCE = 1000
"""How many of each are stopped in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """How many of each were under way."""

    actions: int
    checks: int
    messages: int


def stop_what_was_under_way(service: Service, actor: ActorId) -> Stopped:
    """Stop every action, cancel every check and give up every message, of anybody; on record, each and all together.

    The links of what is stopped give nothing away any more; those with which an owner stops things still do their work.
    Nothing may be performed beside it. Repeatable: broken off, it goes on where it was.
    """
    stopped = Stopped(
        actions=_all(service, lambda work: _stop_actions(service, work, actor)),
        checks=_all(service, lambda work: _cancel_checks(service, work, actor)),
        messages=_give_up_messages(service),
    )
    with service.storage.changing() as work:
        entry = Entry(event=Event.RESTORE_ACCEPTED, at=service.clock(), actor=actor, details=asdict(stopped))
        work.record(Outcome(state=None, entry=entry))
    return stopped


def _all(service: Service, some: Callable[[Work], int]) -> int:
    """Do *some*, a transaction each, until there are none left; returns how many there were."""
    total = 0
    while True:
        with service.storage.changing() as work:
            done = some(work)
        if not done:
            return total
        total += done


def _stop_actions(service: Service, work: Work, actor: ActorId) -> int:
    under_way = work.actions.under_way(AT_ONCE)
    for action in under_way:
        stopped = recovery_life.stop(action, actor, service.clock(), (Why(code=Objection.RESTORED),))
        work.actions.put(work.record(stopped))
        work.cases.put(work.cases.get(action.case_id))
    return len(under_way)


def _cancel_checks(service: Service, work: Work, actor: ActorId) -> int:
    pending = work.checks.pending(AT_ONCE)
    for check in pending:
        work.checks.put(work.record(verification.end(check, CheckState.CANCELLED, actor, service.clock())))
        work.cases.put(work.cases.get(check.case_id))
    return len(pending)


def _give_up_messages(service: Service) -> int:
    """Whether they went is forgotten: none is sent twice, and the timeline says which were not sent any more."""
    total = 0
    while True:
        with service.storage.reading() as work:
            queued = work.messages.queued(AT_ONCE)
        for message in queued:
            give_up_message(service, message.id, delivery_of(message))
        if not queued:
            return total
        total += len(queued)
