"""`migrate`: brings the database to the tables of this release."""

from argparse import Namespace

from services.commands.arguments import Subparsers
from services.commands.opening import told
from services.commands.terminal import say
from services.settings import Settings
from services.storage.migrating import as_sql, migrate, pending


def add_arguments(commands: Subparsers) -> None:
    """Add the command."""
    command = commands.add_parser("migrate", help="bring the database to the tables of this release")
    how = command.add_mutually_exclusive_group()
    how.add_argument(
        "--check", action="store_true", help="change nothing; exit code 1 if there is something to migrate"
    )
    how.add_argument("--sql", action="store_true", help="change nothing; print the SQL for PostgreSQL")
    command.set_defaults(run=run)


def run(given: Namespace, settings: Settings) -> int:
    """Migrate; 1 if `--check` finds something to do.

    Raises:
        Unusable: If the database cannot be migrated.
    """
    if given.sql:
        say(as_sql("postgresql"))
        return 0
    with told():
        if given.check:
            return _check(settings)
        done = migrate(settings.database_url)
    say("The database was migrated." if done else "There is nothing to migrate.")
    return 0


def _check(settings: Settings) -> int:
    waiting = pending(settings.database_url)
    say("There is something to migrate; run: rightful-server migrate" if waiting else "There is nothing to migrate.")
    return int(waiting)
