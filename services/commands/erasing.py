"""`erase-words`: what staff typed about a person is erased, and the audit log can still be proven."""

from argparse import Namespace

from services.commands.arguments import Subparsers
from services.commands.errors import Unusable
from services.commands.opening import opened
from services.commands.staff import OPERATOR
from services.commands.terminal import say, warn
from services.domain.outcome import Missing
from services.settings import Settings
from services.usecases.erasing import account_with, erase_words


def add_arguments(commands: Subparsers) -> None:
    """Add the command."""
    command = commands.add_parser("erase-words", help="erase for good what staff typed about one customer")
    command.add_argument("customer_number", metavar="CUSTOMER_NUMBER")
    command.set_defaults(run=run)


def run(given: Namespace, settings: Settings) -> int:
    """Erase the words; the service may run meanwhile.

    Raises:
        Unusable: If no account has this customer number.
    """
    with opened(settings) as parts:
        try:
            with parts.storage.changing() as work:
                account_id = account_with(parts.service, work, given.customer_number)
                erased = erase_words(parts.service, work, account_id, OPERATOR)
        except Missing:
            raise Unusable(f"There is no account with the customer number {given.customer_number}.") from None
        say(
            f"Erased: {erased.words} texts beside the audit log, {erased.notes} notes, "
            f"{erased.references} references of cases."
        )
        if not parts.database.forget_deleted():
            warn("They still stand, sealed, in SQLite's own log: run this again once whoever reads there is done.")
    return 0
