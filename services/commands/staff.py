"""`bootstrap` and `staff`: who may sign in at the desk."""

from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import datetime

from services.app import Parts
from services.commands.arguments import Subparsers
from services.commands.enrolling import add_identity, add_password, new_staff, password_source, show_enrolment
from services.commands.errors import Unusable
from services.commands.opening import opened
from services.commands.terminal import say
from services.domain.outcome import Refused
from services.domain.staff import Staff
from services.settings import Settings
from services.usecases import staff as usecase
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import ActorId, Objection, Permission, StaffId

OPERATOR = ActorId("service:command-line")
"""Who the audit log says it was: whoever can run commands on the server has its key and its database."""

Change = Callable[[Service, Work, Staff, str], Staff]


def add_arguments(commands: Subparsers) -> None:
    """Add both commands."""
    first = commands.add_parser("bootstrap", help="make the first administrator, once")
    add_identity(first)
    first.set_defaults(run=bootstrap)
    staff = commands.add_parser("staff", help="who may sign in: list, add, renew, role, disable, enable")
    deeds = staff.add_subparsers(dest="deed", required=True, metavar="DEED")
    deeds.add_parser("list", help="everybody, with role and state").set_defaults(run=show)
    adding = deeds.add_parser("add", help="add somebody")
    add_identity(adding)
    adding.add_argument("--role", required=True, help="one of the policy's roles")
    adding.set_defaults(run=add)
    renewing = deeds.add_parser("renew", help="give somebody a new password and authenticator; their sessions end")
    renewing.add_argument("login")
    add_password(renewing)
    renewing.set_defaults(run=renew)
    changing = deeds.add_parser("role", help="give somebody another role; their sessions end")
    changing.add_argument("login")
    changing.add_argument("role")
    changing.set_defaults(run=change_role)
    disabling = deeds.add_parser("disable", help="stop somebody from signing in; their sessions end")
    disabling.add_argument("login")
    disabling.set_defaults(run=disable)
    enabling = deeds.add_parser("enable", help="let somebody who was disabled sign in again")
    enabling.add_argument("login")
    enabling.set_defaults(run=enable)


def bootstrap(given: Namespace, settings: Settings) -> int:
    """Make the first administrator (A-12: there are no default accounts).

    Raises:
        Unusable: If there is anybody already.
    """
    with opened(settings, new=True) as parts:
        _demand_nobody(parts)
        _enrol(given, parts, _administrator(parts.service), _demand_nobody_in)
    return 0


def add(given: Namespace, settings: Settings) -> int:
    """Add a member of staff.

    Raises:
        Unusable: If the login is taken, or the role unknown.
    """
    with opened(settings) as parts:
        _demand_role(parts.service, given.role)
        _enrol(given, parts, given.role, lambda _work: None)
    return 0


def renew(given: Namespace, settings: Settings) -> int:
    """Give somebody a new password and authenticator: what helps whoever lost theirs, or failed too often (N-THR-01).

    Raises:
        Unusable: If there is no such person, they are disabled, or the password may not be used.
    """
    with opened(settings) as parts:
        with parts.storage.reading() as work:
            found = work.staff.by_login(given.login.strip().lower())
        if found is None:
            raise _nobody(given.login)
        if not found.enabled:
            raise _disabled(found.login)
        fresh, key = new_staff(parts, found.login, found.name, found.role, password_source(given))

        def replaced(service: Service, work: Work, actor: Staff, staff_id: str) -> Staff:
            renewed = usecase.renew(service, work, actor, staff_id, fresh.password_hash, fresh.totp_secret)
            show_enrolment(parts, renewed, key)
            return renewed

        changed = _change(parts, found.login, replaced)
        say(f"{changed.login} signs in with these from now on; their sessions were ended.")
    return 0


def show(_given: Namespace, settings: Settings) -> int:
    """List everybody."""
    with opened(settings) as parts:
        with parts.storage.reading() as work:
            everybody = work.staff.everybody()
        for line in _table(everybody, parts.service.clock()):
            say(line)
    return 0


def change_role(given: Namespace, settings: Settings) -> int:
    """Give somebody another role.

    Raises:
        Unusable: If there is no such person or role, or nobody would be left to administer.
    """
    with opened(settings) as parts:
        _demand_role(parts.service, given.role)
        changed = _change(parts, given.login, _to_role(given.role))
        say(f"{changed.login} is now {changed.role}; their sessions were ended.")
    return 0


def disable(given: Namespace, settings: Settings) -> int:
    """Stop somebody from signing in.

    Raises:
        Unusable: If there is no such person, or nobody would be left to administer.
    """
    with opened(settings) as parts:
        changed = _change(parts, given.login, usecase.disable)
        say(f"{changed.login} cannot sign in any more; their sessions were ended.")
    return 0


def enable(given: Namespace, settings: Settings) -> int:
    """Let somebody sign in again, with the password and the authenticator that they had.

    Raises:
        Unusable: If there is no such person.
    """
    with opened(settings) as parts:
        changed = _change(parts, given.login, usecase.enable)
        say(f"{changed.login} can sign in again, with the password and the authenticator that they had.")
    return 0


def _enrol(given: Namespace, parts: Parts, role: str, check: Callable[[Work], None]) -> None:
    """Shown before it is committed: whoever could not be shown their authenticator was not added."""
    staff, key = new_staff(parts, given.login, given.name, role, password_source(given))
    try:
        with parts.storage.changing() as work:
            check(work)
            added = usecase.add(parts.service, work, OPERATOR, staff)
            show_enrolment(parts, added, key)
    except Refused:
        raise Unusable(f"Somebody has the sign-in name {staff.login} already.") from None


def _to_role(role: str) -> Change:
    def change(service: Service, work: Work, actor: Staff, staff_id: str) -> Staff:
        return usecase.change_role(service, work, actor, staff_id, role)

    return change


def _change(parts: Parts, login: str, change: Change) -> Staff:
    wanted = login.strip().lower()
    with parts.storage.changing() as work:
        found = work.staff.by_login(wanted)
        if found is None:
            raise _nobody(wanted)
        try:
            return change(parts.service, work, _operator(parts.service), found.id)
        except Refused as refused:
            if any(why.code is Objection.STAFF_DISABLED for why in refused.reasons):
                raise _disabled(wanted) from None
            raise Unusable(f"{wanted} is the last administrator: name another one first.") from None


def _disabled(login: str) -> Unusable:
    return Unusable(
        f"{login} is disabled, and new credentials would not help; first: rightful-server staff enable {login}"
    )


def _nobody(login: str) -> Unusable:
    return Unusable(f"Nobody has the sign-in name {login.strip().lower()}.")


def _operator(service: Service) -> Staff:
    """Whoever runs commands, as the rules about staff want to see them."""
    return Staff(
        id=StaffId(OPERATOR),
        login="",
        name="",
        role="",
        password_hash="",
        totp_secret=b"",
        created_at=service.clock(),
        permissions=frozenset({Permission.ADMINISTER_STAFF}),
    )


def _administrator(service: Service) -> str:
    administering = [role for role, granted in service.roles.items() if Permission.ADMINISTER_STAFF in granted]
    return "administrator" if "administrator" in administering else administering[0]


def _demand_nobody(parts: Parts) -> None:
    """Before anything is asked; asked again in the transaction that adds."""
    with parts.storage.reading() as work:
        _demand_nobody_in(work)


def _demand_nobody_in(work: Work) -> None:
    if work.staff.everybody():
        raise Unusable("There are members of staff already; an administrator adds others: rightful-server staff add")


def _demand_role(service: Service, role: str) -> None:
    if role not in service.roles:
        raise Unusable(f"There is no role {role}; there are {', '.join(service.roles)}.")


def _table(everybody: Sequence[Staff], now: datetime) -> list[str]:
    rows = [("LOGIN", "NAME", "ROLE", "STATE")]
    rows += [(one.login, one.name, one.role, _state(one, now)) for one in everybody]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return ["  ".join([*map(str.ljust, row[:3], widths), row[3]]) for row in rows]


def _state(staff: Staff, now: datetime) -> str:
    if not staff.enabled:
        return "disabled"
    if staff.is_worn_out:
        return "failed too often; needs: staff renew"
    if staff.locked_until is not None and now < staff.locked_until:
        return f"rests until {staff.locked_until:%Y-%m-%d %H:%M} UTC"
    return "enabled"
