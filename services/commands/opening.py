"""Opens the service's parts for one command, and says in one sentence why it cannot."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from services.app import Parts, build
from services.commands.errors import Unusable
from services.commands.terminal import warn
from services.domain.policy_reading import PolicyError
from services.settings import Settings
from services.storage import tables
from services.storage.data_keys import Unreadable
from services.storage.database import Database
from services.storage.key_file import KeyFile, KeyUnusable
from services.storage.migrating import Unmigrated, ready


@contextmanager
def opened(settings: Settings) -> Iterator[Parts]:
    """Every part, on a database that is migrated and has its key; closed at the end of the block.

    Raises:
        Unusable: If there is no usable database, key or policy.
    """
    with told():
        prepare(settings)
        parts = build(settings)
    with closing(parts):
        yield parts


def prepare(settings: Settings) -> None:
    """Bring an embedded database to this release's tables, and write the first key of a new one.

    Raises:
        KeyUnusable: If there is no usable key, and none may be made.
        Unmigrated: If the database is not at the tables of this release.
    """
    ready(settings.database_url)
    if not settings.key_file.exists():
        _write_first_key(settings)


@contextmanager
def told() -> Iterator[None]:
    """Turns what an operator can mend into one sentence.

    Raises:
        Unusable: For any of it.
    """
    try:
        yield
    except PolicyError as error:
        raise Unusable(f"The policy cannot be used: {error}") from None
    except (KeyUnusable, Unreadable) as error:
        raise Unusable(_sentence(str(error))) from None
    except Unmigrated as error:
        raise Unusable(str(error)) from None
    except OperationalError as error:
        raise Unusable(
            _sentence(f"the database does not answer: {str(error.orig).strip().partition(chr(10))[0]}")
        ) from None


def _write_first_key(settings: Settings) -> None:
    """A new database gets a new key; one that has sealed anything needs the key it was sealed with."""
    with closing(Database(settings.database_url)) as database, database.reading() as connection:
        sealed = connection.scalar(select(func.count()).select_from(tables.data_keys)) or 0
    _make_folder(settings.key_file.parent)
    KeyFile(settings.key_file).create(database_exists=sealed > 0)
    warn(f"A new key was written to {settings.key_file}: keep it in another backup than the database.")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise KeyUnusable(f"the folder {folder} for the key cannot be made: {error.strerror}") from None


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."
