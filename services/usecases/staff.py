"""Administration of staff: who may sign in, in which role, and with what; whose sessions are ended."""

from services.domain import staff as rules
from services.domain.outcome import Missing, Stale, demand
from services.domain.staff import Staff
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import ActorId, Permission


def everybody(service: Service, work: Work, actor: Staff) -> list[Staff]:
    """Everybody who may sign in, by login.

    Raises:
        Refused: If *actor* does not administer staff.
    """
    demand(rules.lacks(actor, Permission.ADMINISTER_STAFF))
    return [rules.with_permissions(one, service.roles) for one in work.staff.everybody()]


def add(service: Service, work: Work, actor: ActorId, staff: Staff) -> Staff:
    """Add a member of staff. Used by the command line alone: their secrets go to them, out of band.

    Raises:
        Refused: If the login is taken or the role unknown.
    """
    holder = work.staff.by_login(staff.login)
    return work.staff.put(work.record(rules.add(staff, actor, holder, service.roles, service.clock())))


def change_role(service: Service, work: Work, actor: Staff, staff_id: str, role: str, instead_of: str = "") -> Staff:
    """Give a colleague another role; their sessions end.

    *instead_of* is the role that the actor saw; empty for who looks and changes in one transaction. Not the row's
    version: each failed sign-in makes another, and whoever tries them would keep a role from being taken away.

    Raises:
        Missing: If there is no such person.
        Refused: If *actor* may not, the role is unknown, or nobody would be left to administer.
        Stale: If the colleague has another role by now.
    """
    subject = _colleague(work, actor, staff_id)
    if instead_of and subject.role != instead_of:
        raise Stale("the person changed")
    outcome = rules.change_role(subject, actor, role, work.staff.everybody(), service.roles, service.clock())
    changed = work.staff.put(work.record(outcome))
    _end_all(service, work, actor, subject)
    return rules.with_permissions(changed, service.roles)


def disable(service: Service, work: Work, actor: Staff, staff_id: str) -> Staff:
    """Stop a colleague from signing in; their sessions end.

    Raises:
        Missing: If there is no such person.
        Refused: If *actor* may not, or nobody would be left to administer.
    """
    subject = _colleague(work, actor, staff_id)
    outcome = rules.disable(subject, actor, work.staff.everybody(), service.roles, service.clock())
    changed = work.staff.put(work.record(outcome))
    _end_all(service, work, actor, subject)
    return rules.with_permissions(changed, service.roles)


def enable(service: Service, work: Work, actor: Staff, staff_id: str) -> Staff:
    """Let a colleague sign in again, with what they had; sessions of theirs that were ended stay so.

    Raises:
        Missing: If there is no such person.
        Refused: If *actor* may not.
    """
    subject = _colleague(work, actor, staff_id)
    changed = work.staff.put(work.record(rules.enable(subject, actor, service.clock())))
    return rules.with_permissions(changed, service.roles)


def renew(service: Service, work: Work, actor: Staff, staff_id: str, password_hash: str, totp_secret: bytes) -> Staff:
    """Give a colleague new credentials; their sessions end. Used by the command line alone, as `add` is.

    Raises:
        Missing: If there is no such person.
        Refused: If *actor* may not, or the person is disabled: new credentials would be of no use to them.
    """
    subject = _colleague(work, actor, staff_id)
    outcome = rules.renew(subject, actor, password_hash, totp_secret, service.clock())
    changed = work.staff.put(work.record(outcome))
    _end_all(service, work, actor, subject)
    return rules.with_permissions(changed, service.roles)


def end_sessions(service: Service, work: Work, actor: Staff, staff_id: str) -> None:
    """End every session of a colleague.

    Raises:
        Missing: If there is no such person.
        Refused: If *actor* may not.
    """
    subject = _colleague(work, actor, staff_id)
    demand(rules.may_administer(actor, subject))
    _end_all(service, work, actor, subject)


def _colleague(work: Work, actor: Staff, staff_id: str) -> Staff:
    """Who is to be changed. Who does not administer staff does not learn who there is."""
    demand(rules.lacks(actor, Permission.ADMINISTER_STAFF))
    found = work.staff.find(staff_id)
    if found is None:
        raise Missing
    return found


def _end_all(service: Service, work: Work, actor: Staff, subject: Staff) -> None:
    now = service.clock()
    ended = work.sessions.end_all(subject.id, now)
    work.record(rules.sessions_ended(subject, actor, ended, now))
