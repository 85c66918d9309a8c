"""Replaces the key-encryption key, in steps, so that a crash at any point leaves a key that opens the database.

1. `begin`: a new key stands beside the present one, in `<key_file>.new`
2. `rewrap`: every data key is wrapped under it, in one transaction
3. `finish`: its file takes the place of the present one, in one rename

Until 2 is committed the present file opens the database, and from then on the new one does: a rotation that was broken
off before is begun again, and one that was broken off after is finished by `settle`, wherever the keys are needed next.
What could keep 3 from being done is found out in 1, by doing the same with a copy of the present key.
"""

import logging
from collections.abc import Sequence

from sqlalchemy import Connection

from services.storage.data_key_rows import load_keys, replace_wrapping
from services.storage.data_keys import DataKey, KeyRing, Unreadable, rewrapped, unwrapped
from services.storage.key_file import KeyFile, KeyUnusable

_log = logging.getLogger(__name__)


def successor(file: KeyFile) -> KeyFile:
    """Where the new key stands until it takes the place of the present one: beside what a link leads to."""
    place = file.path.resolve()
    return KeyFile(place.with_name(f"{place.name}.new"))


def begin(file: KeyFile, rows: Sequence[DataKey]) -> None:
    """Step 1. A new key that an earlier rotation left behind, and wrapped nothing under, is replaced.

    Raises:
        KeyUnusable: If the present key cannot be read or its file not be replaced, if the new one cannot be written,
            or if it is in use: it has yet to take its place. The database opens as before.
        Unreadable: If the present key does not open the data keys, and nothing beside it does. Nothing was changed.
    """
    new = successor(file)
    if not _opens(file, rows) and _is_in_use(new, rows):
        raise KeyUnusable(f"{file.path} is not this database's key any more: {new.path} has to take its place first")
    _demand_fit(file, rows)
    new.discard()
    new.copy(file)
    try:
        finish(file)
    except KeyUnusable:
        new.discard()
        raise
    new.make(like=file)


def rewrap(connection: Connection, file: KeyFile) -> int:
    """Step 2, in the caller's transaction; returns how many data keys there are.

    Raises:
        KeyUnusable: If one of the keys cannot be read.
        Unreadable: If the present key does not open the data keys.
    """
    rows = [rewrapped(row, file, successor(file)) for row in load_keys(connection)]
    replace_wrapping(connection, rows)
    return len(rows)


def finish(file: KeyFile) -> None:
    """Step 3.

    Raises:
        KeyUnusable: If the file cannot be replaced.
    """
    successor(file).take_place_of(file)


def settle(file: KeyFile, rows: Sequence[DataKey]) -> KeyFile:
    """Finish a rotation that was broken off after its step 2, if there is one; the file whose key opens the database.

    That is the new one where it cannot take the place of the present one: the database opens, and the log says so.
    Call it under the database's write lock: of two processes that start at once, the second finds it done.

    Raises:
        KeyUnusable: If a key that is needed cannot be read.
    """
    new = successor(file)
    if _opens(file, rows) or not _is_in_use(new, rows):
        return file
    try:
        finish(file)
    except KeyUnusable as error:
        _log.warning("%s; this database is opened by %s alone: keep it, and put it there yourself", error, new.path)
        return new
    _log.info("a rotation of the key was broken off and is finished now: %s took the place of %s", new.path, file.path)
    return file


def _is_in_use(new: KeyFile, rows: Sequence[DataKey]) -> bool:
    return new.path.exists() and _opens(new, rows)


def _opens(keyring: KeyRing, rows: Sequence[DataKey]) -> bool:
    try:
        _demand_fit(keyring, rows)
    except Unreadable:
        return False
    return True


def _demand_fit(keyring: KeyRing, rows: Sequence[DataKey]) -> None:
    for row in rows:
        unwrapped(keyring, row)
