"""`rotate-key`: a new key-encryption key takes the place of the present one."""

from argparse import Namespace

from services.app import Parts
from services.commands.arguments import Subparsers
from services.commands.opening import alone, opened
from services.commands.staff import OPERATOR
from services.commands.terminal import say, warn
from services.domain.outcome import Entry, Outcome
from services.settings import Settings
from services.storage.data_key_rows import load_keys
from services.storage.key_file import KeyFile
from services.storage.key_rotation import begin, finish, rewrap
from services.vocabulary import Event


def add_arguments(commands: Subparsers) -> None:
    """Add the command."""
    command = commands.add_parser("rotate-key", help="replace the key in key_file by a new one; the service is stopped")
    command.set_defaults(run=run)


def run(_given: Namespace, settings: Settings) -> int:
    """Replace the key. Broken off anywhere, the next command or start goes on with a key that opens the database.

    Raises:
        Unusable: If the service runs, or a key file cannot be used.
    """
    with opened(settings) as parts, alone(parts):
        file = KeyFile(settings.key_file)
        with parts.database.reading() as connection:
            rows = load_keys(connection)
        begin(file, rows)
        wrap_anew(parts, file)
        finish(file)
        if not parts.database.forget_deleted():
            warn("The old form of the data keys still stands in SQLite's own log, until whoever reads there is done.")
    say(f"There is a new key in {file.path}: keep it in another backup than the database.")
    say("Backups that were made before need the key that was there before.")
    return 0


def wrap_anew(parts: Parts, file: KeyFile) -> None:
    """Wrap every data key under the new key, and put that on record, in one transaction.

    Raises:
        KeyUnusable: If one of the keys cannot be read.
    """
    with parts.storage.changing() as work:
        count = rewrap(work.connection, file)
        entry = Entry(event=Event.KEY_ROTATED, at=parts.service.clock(), actor=OPERATOR, details={"data_keys": count})
        work.record(Outcome(state=None, entry=entry))
