"""What falls due by itself: checks and links that expire, actions whose cooling-off is over, cases left alone."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from services.domain import case as case_rules
from services.domain import recovery_life as rules
from services.domain import verification
from services.domain.outcome import Refused, Stale
from services.domain.recovery import UNSETTLED
from services.guarded import guarded
from services.usecases.messages import notices_of
from services.usecases.service import Service
from services.vocabulary import SYSTEM, CheckState, MessageKind

ANSWERS_KEPT = timedelta(hours=24)
"""How long the same idempotency key gives the first answer: far longer than any desktop tries again."""
SPENT_KEPT = timedelta(days=30)
"""How long messages that went out, dead links and ended sessions are kept: to look into what happened, no longer."""
AT_ONCE = 100
"""How many of each are settled in one round."""


def settle_due(service: Service) -> int:
    """Settle what is due now, each in a transaction of its own; returns how many there were.

    What cannot be settled, or not even read, is logged, keeps nothing else waiting, and is tried again next time.
    """
    with service.storage.reading() as work:
        now = service.clock()
        checks = work.checks.overdue(now, AT_ONCE)
        due = work.actions.due(now, AT_ONCE)
        dead = work.actions.overdue(now, AT_ONCE)
        idle = work.cases.idle(now - service.policy.case_idle, AT_ONCE)
    return (
        _settled(_expire_check, service, checks)
        + _settled(_start_action, service, due)
        + _settled(_expire_action, service, dead)
        + _settled(_expire_case, service, idle)
    )


def forget_answers(service: Service) -> int:
    """Forget what was kept for desktops that ask again; returns how many answers there were."""
    with service.storage.changing() as work:
        return work.forget_answers(service.clock() - ANSWERS_KEPT)


def forget_spent(service: Service) -> int:
    """Forget some of what is over for good; returns how much there was. Not all at once: others write in between."""
    with service.storage.changing() as work:
        return work.forget_spent(service.clock() - SPENT_KEPT, AT_ONCE)


def _settled(settle: Callable[[Service, str], None], service: Service, ids: Sequence[str]) -> int:
    return sum(guarded(f"settling {one}", partial(_tried, settle, service, one)) or False for one in ids)


def _tried(settle: Callable[[Service, str], None], service: Service, wanted: str) -> bool:
    """Whether it was settled here: somebody may have been faster, which is as good."""
    try:
        settle(service, wanted)
    except (Refused, Stale):
        return False
    return True


def _expire_check(service: Service, check_id: str) -> None:
    with service.storage.changing() as work:
        check = work.checks.get(check_id)
        ended = verification.end(check, CheckState.EXPIRED, SYSTEM, service.clock())
        work.checks.put(work.record(ended))
        work.cases.put(work.cases.get(check.case_id))


def _start_action(service: Service, action_id: str) -> None:
    with service.storage.changing() as work:
        action = work.actions.get(action_id)
        dossier = work.accounts.dossier(action.account_id)
        checks = work.checks.of_case(action.case_id)
        notices = notices_of(work, dossier, MessageKind.NOTICE_SCHEDULED, action)
        outcome = rules.fall_due(action, checks, notices, dossier, service.policy, service.clock())
        work.actions.put(work.record(outcome))
        work.cases.put(work.cases.get(action.case_id))


def _expire_action(service: Service, action_id: str) -> None:
    with service.storage.changing() as work:
        action = work.actions.get(action_id)
        work.actions.put(work.record(rules.expire(action, service.clock())))
        work.cases.put(work.cases.get(action.case_id))


def _expire_case(service: Service, case_id: str) -> None:
    with service.storage.changing() as work:
        case = work.cases.get(case_id)
        happened = [entry.at for entry in work.timeline(case.id) if entry.event not in case_rules.NOTHING_HAPPENED]
        waits = any(check.state is CheckState.PENDING for check in work.checks.of_case(case.id))
        waits = waits or any(action.state in UNSETTLED for action in work.actions.of_case(case.id))
        last_at = happened[-1] if happened else case.opened_at  # the newest, as in the query: a clock may have jumped
        expired = case_rules.expire(case, last_at, service.policy, service.clock(), waits=waits)
        work.cases.put(work.record(expired))
