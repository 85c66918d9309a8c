"""Opens the service's parts for one command, and says in one sentence why it cannot."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from services.app import Parts, build
from services.commands.errors import NotNow, Unusable
from services.commands.terminal import warn
from services.domain.outcome import OutOfOrder, Unavailable
from services.domain.policy_reading import PolicyError
from services.settings import CONFIG, Settings
from services.storage.data_key_rows import load_keys
from services.storage.data_keys import Unreadable
from services.storage.database import Database
from services.storage.hold import Hold, Presence, be_alone, hold
from services.storage.key_file import KeyFile, KeyUnusable
from services.storage.last_signed import MemoryUnreadable
from services.storage.migrating import Unmigrated, demand_current, missing_file, ready


@contextmanager
def opened(settings: Settings, *, new: bool = False) -> Iterator[Parts]:
    """Every part, on a database that is migrated and has its key; closed at the end of the block, which is `told`.

    With *new*, a database and a key are made where there are none, and an embedded database is migrated: only a command
    that begins an installation, or the service itself, may. Any other could do it beneath a service that runs.

    Raises:
        Unusable: If there is no usable database, key or policy, or the database's audit log has another name; and if
            the database or the key cannot be used any more within the block.
    """
    with told():
        prepare(settings, new=new)
        with closing(build(settings)) as parts:
            _demand_origin(parts)
            yield parts


@contextmanager
def alone(parts: Parts) -> Iterator[None]:
    """Inside, nothing is performed by anybody else on this database, and no server serves it.

    Raises:
        Unusable: If the service runs, or the lock cannot be taken.
    """
    with _only(be_alone, parts.database), _only(hold, parts.database):
        yield


@contextmanager
def serving(parts: Parts) -> Iterator[Presence]:
    """Inside, no command is `alone`; any number of servers may be at work.

    Raises:
        Unusable: If the lock cannot be taken.
        Unavailable: If a command is alone.
    """
    with _lockable():
        presence = Presence(parts.database)
    try:
        yield presence
    finally:
        presence.end()


@contextmanager
def _only(take: Callable[[Database], Hold | None], database: Database) -> Iterator[None]:
    with _lockable():
        held = take(database)
    if held is None:
        raise Unusable("The service runs on this database: stop it first, every server of it.")
    try:
        yield
    finally:
        held.release()


@contextmanager
def _lockable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unusable(f"{error.filename} cannot be used: {error.strerror}.") from None


def prepare(settings: Settings, *, new: bool = False) -> None:
    """See to a database at this release's tables, and its key; with *new*, make both, or migrate, where that is needed.

    Raises:
        KeyUnusable: If there is no usable key, and none may be made.
        Unmigrated: If there is no database and none may be made, or it is not at the tables of this release.
    """
    missing = missing_file(settings.database_url)
    if missing is not None and not new:
        raise Unmigrated(
            f"There is no database {missing}: check --config, {CONFIG} and data_dir; "
            "a new one is made by rightful-server serve, bootstrap or migrate."
        )
    if new:
        ready(settings.database_url)
    else:
        demand_current(settings.database_url)
    if not settings.key_file.exists():
        _write_first_key(settings, new)


def _demand_origin(parts: Parts) -> None:
    """The log's name is chosen once: signed under another one, it would look tampered with to everybody."""
    name = parts.audit.signed_as()
    if name is not None and name != parts.settings.log_origin:
        raise Unusable(
            f"log_origin says {parts.settings.log_origin!r}, and the audit log of this database is {name!r}: "
            "its name cannot change, set it back."
        )


@contextmanager
def told() -> Iterator[None]:
    """Turns what an operator can mend into one sentence.

    Raises:
        NotNow: For what passes by itself.
        Unusable: For any of the rest.
    """
    try:
        yield
    except PolicyError as error:
        raise Unusable(f"The policy cannot be used: {error}") from None
    except (KeyUnusable, Unreadable, OutOfOrder) as error:
        raise Unusable(_sentence(str(error))) from None
    except Unavailable as error:
        raise NotNow(_sentence(str(error))) from None
    except (Unmigrated, MemoryUnreadable) as error:
        raise Unusable(str(error)) from None


def _write_first_key(settings: Settings, new: bool) -> None:
    """A new database gets a new key; one that has sealed anything needs the key it was sealed with."""
    with closing(Database(settings.database_url)) as database, database.reading() as connection:
        sealed = bool(load_keys(connection))
    if not sealed and not new:
        raise KeyUnusable(f"there is no key file {settings.key_file}: rightful-server serve or bootstrap makes it")
    _make_folder(settings.key_file.parent)
    KeyFile(settings.key_file).create(database_exists=sealed)
    warn(f"A new key was written to {settings.key_file}: keep it in another backup than the database.")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise KeyUnusable(f"the folder {folder} for the key cannot be made: {error.strerror}") from None


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."
