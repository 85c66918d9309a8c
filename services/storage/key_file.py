"""Where the key-encryption key is kept: a file that only the service may read."""

import base64
import binascii
import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from services.secret import Secret
from services.storage.data_keys import KEY_BYTES

HEADER = "rightful-key 1"
"""The first line of a key file; the key in base64 is the second."""
_PRIVATE = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MAX_FILE_BYTES = 4096


class KeyUnusable(Exception):
    """There is no key, or it is not kept safely. The message is one sentence for the operator, without the key."""


class KeyFile:
    """The key in a file beside nothing else: keep it on another disk, and in another backup, than the database."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Secret[bytes]:
        """The key, read afresh.

        Raises:
            KeyUnusable: If the file is absent, readable by others (POSIX), or not a key file.
        """
        try:
            with self.path.open("rb") as file:
                self._refuse_unless_private(os.fstat(file.fileno()))
                return _decoded(file.read(_MAX_FILE_BYTES), self.path)
        except FileNotFoundError:
            raise KeyUnusable(f"there is no key file {self.path}") from None
        except OSError as error:
            raise KeyUnusable(f"the key file {self.path} cannot be read: {error.strerror}") from None

    def create(self, *, database_exists: bool) -> None:
        """Write a new random key, mode 0600, durable on return. The file appears whole or not at all.

        Raises:
            KeyUnusable: If a database exists (a new key could not open it), if the file exists already, or if it
                cannot be written.
        """
        if database_exists:
            place = f"the key file {self.path} is missing and a database exists"
            raise KeyUnusable(f"{place}: restore its key, a new one could not open it")
        self.make()

    def make(self, like: "KeyFile | None" = None) -> None:
        """Write a new random key, whatever it is for; otherwise as `create`. With *like*, for whoever that one is for.

        Raises:
            KeyUnusable: If the file exists already, or cannot be written.
        """
        self._write(_encoded(secrets.token_bytes(KEY_BYTES)), like)

    def copy(self, other: "KeyFile") -> None:
        """Write another file's key, for whoever that one is for; otherwise as `make`.

        Raises:
            KeyUnusable: If the other cannot be read, the file exists already, or it cannot be written.
        """
        self._write(_encoded(other.load().reveal()), other)

    def take_place_of(self, other: "KeyFile") -> None:
        """Replace another key file by this one, durable on return; a crash leaves the other's key or this one.

        Where the other's path is a link, what it leads to is replaced, and the link stays.

        Raises:
            KeyUnusable: If the other cannot be replaced.
        """
        place = other.path.resolve()
        try:
            self.path.replace(place)
            _sync_folder(place.parent)
        except OSError as error:
            why = "it is mounted by itself, mount its folder" if error.errno == errno.EBUSY else error.strerror
            raise KeyUnusable(f"the key file {place} cannot be replaced by {self.path}: {why}") from None

    def discard(self) -> None:
        """Delete the file, if there is one. Whatever is wrapped under its key is lost with it.

        Raises:
            KeyUnusable: If it cannot be deleted.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise KeyUnusable(f"the key file {self.path} cannot be deleted: {error.strerror}") from None

    def _write(self, content: bytes, like: "KeyFile | None") -> None:
        part = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}")
        try:
            try:
                _write_private(part, content)
                if like is not None:
                    _give_to_owner_of(part, like.path)
                os.link(part, self.path)
            finally:
                part.unlink(missing_ok=True)
            _sync_folder(self.path.parent)
        except FileExistsError:
            raise KeyUnusable(f"the key file {self.path} exists already and was left as it is") from None
        except OSError as error:
            raise KeyUnusable(f"the key file {self.path} cannot be written: {error.strerror}") from None

    def _refuse_unless_private(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise KeyUnusable(f"the key file {self.path} is not a regular file")
        if os.name == "posix" and status.st_mode & _OTHERS:
            mode = stat.S_IMODE(status.st_mode)
            raise KeyUnusable(f"others may use the key file {self.path} (mode {mode:04o}); run: chmod 600 {self.path}")


class KeyInMemory:
    """A random key that ends with the process: for what seals nothing that is kept."""

    def __init__(self) -> None:
        self._key = Secret(secrets.token_bytes(KEY_BYTES))

    def load(self) -> Secret[bytes]:
        """The key."""
        return self._key


def _encoded(key: bytes) -> bytes:
    return f"{HEADER}\n{base64.b64encode(key).decode()}\n".encode()


def _decoded(content: bytes, path: Path) -> Secret[bytes]:
    header, _, body = content.partition(b"\n")
    try:
        key = base64.b64decode(body.strip(), validate=True) if header.strip() == HEADER.encode() else b""
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyUnusable(f"the key file {path} does not hold a key of {KEY_BYTES} bytes under the line '{HEADER}'")
    return Secret(key)


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _give_to_owner_of(path: Path, other: Path) -> None:
    """The service reads it too when the operator who made it was root. A group that is refused could not use it."""
    wanted, present = other.stat(), path.stat()
    if wanted.st_gid != present.st_gid:
        with suppress(OSError):
            os.chown(path, -1, wanted.st_gid)
    if wanted.st_uid != present.st_uid:
        os.chown(path, wanted.st_uid, -1)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
