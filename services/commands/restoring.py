"""`accept-restore`: a backup was put back; what it says is under way is stopped before anything can run."""

from argparse import Namespace

from services.app import Parts, last_signed
from services.commands.arguments import Subparsers
from services.commands.errors import Unusable
from services.commands.log import integrate
from services.commands.opening import alone, opened
from services.commands.staff import OPERATOR
from services.commands.terminal import say
from services.proofs import ProofError
from services.settings import Settings
from services.storage.audit_nodes import NodeMissing
from services.usecases.restoring import stop_what_was_under_way


def add_arguments(commands: Subparsers) -> None:
    """Add the command."""
    command = commands.add_parser(
        "accept-restore", help="after a backup was put back: stop what was under way in it, and sign its log again"
    )
    command.set_defaults(run=run)


def run(_given: Namespace, settings: Settings) -> int:
    """Stop what was under way, then accept the log of the database as it is.

    Raises:
        Unusable: If the service runs, or the database is no backup but was tampered with. Nothing was changed.
    """
    with opened(settings) as parts, alone(parts):
        _accept(parts)
    return 0


def _accept(parts: Parts) -> None:
    """What was signed last is set aside after everything is stopped: broken off before, the service still rests.

    1. the log of the database is whole, and was signed with this key
    2. what it says is under way is stopped
    3. what was signed last is set aside, unless this log continues it
    4. what was stopped is signed
    """
    try:
        parts.audit.check(memory=False)  # 1.
    except (ProofError, NodeMissing) as error:
        raise Unusable(f"The log in the database is no backup of what was signed ({error}); run: verify-log") from None
    stopped = stop_what_was_under_way(parts.service, OPERATOR)  # 2.
    say(f"Stopped: {stopped.actions} actions, {stopped.checks} checks, {stopped.messages} messages that had not gone.")
    try:
        _set_aside(parts)  # 3.
        integrate(parts)  # 4.
    except OSError as error:
        raise Unusable(f"{error.filename} cannot be used: {error.strerror}; mend that, and run this again.") from None
    say("The log goes on from here.")


def _set_aside(parts: Parts) -> None:
    try:
        parts.audit.check()
    except (ProofError, NodeMissing):
        aside = last_signed(parts.settings).set_aside(parts.service.clock())
        say(f"What was signed last is in {aside} now: keep it, it is evidence.")
        say("Every desktop that saw what is lost will say that the log contradicts itself.")
