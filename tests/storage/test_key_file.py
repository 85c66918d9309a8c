"""The key-encryption key is kept apart from the database and from other people (A-49, invariant 14)."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.storage.data_keys import first_data_keys
from services.storage.key_file import HEADER, KeyFile, KeyUnusable
from services.storage.sealing import Sealer
from tests.storage.keys import START

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no mode bits: a folder's access list keeps the key")


@pytest.fixture
def key_file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "rightful.key")


def test_a_created_key_is_loaded_again(key_file: KeyFile) -> None:
    key_file.create(database_exists=False)
    assert len(key_file.load().reveal()) == 32
    assert key_file.load() == KeyFile(key_file.path).load()
    assert key_file.path.read_text().splitlines()[0] == HEADER


def test_a_key_file_serves_a_sealer(key_file: KeyFile) -> None:
    key_file.create(database_exists=False)
    sealer = Sealer(key_file, first_data_keys(key_file, START))
    assert sealer.open_text(sealer.seal("text", "place:1"), "place:1") == "text"


@posix
def test_only_the_owner_may_use_the_file_whatever_the_umask(key_file: KeyFile) -> None:
    before = os.umask(0)
    try:
        key_file.create(database_exists=False)
    finally:
        os.umask(before)
    assert stat.S_IMODE(key_file.path.stat().st_mode) == 0o600


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777])
def test_a_file_that_others_may_use_is_refused(key_file: KeyFile, mode: int) -> None:
    key_file.create(database_exists=False)
    key_file.path.chmod(mode)
    with pytest.raises(KeyUnusable, match=rf"mode {mode:04o}\); run: chmod 600"):
        key_file.load()


def test_no_new_key_beside_an_existing_database(key_file: KeyFile) -> None:
    with pytest.raises(KeyUnusable, match="a database exists: restore its key"):
        key_file.create(database_exists=True)
    assert not key_file.path.exists()


def test_an_existing_key_is_left_as_it_is(key_file: KeyFile) -> None:
    key_file.create(database_exists=False)
    before = key_file.path.read_bytes()
    with pytest.raises(KeyUnusable, match="exists already"):
        key_file.create(database_exists=False)
    assert key_file.path.read_bytes() == before


def test_of_many_at_once_one_creates_and_nothing_is_left_lying(key_file: KeyFile) -> None:
    def create(_: int) -> bool:
        try:
            key_file.create(database_exists=False)
        except KeyUnusable:
            key_file.load()
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(create, range(32))) == 1
    assert list(key_file.path.parent.iterdir()) == [key_file.path]


def test_a_missing_file_is_named(key_file: KeyFile) -> None:
    with pytest.raises(KeyUnusable, match=r"there is no key file .*rightful\.key"):
        key_file.load()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="cannot be written: No such file or directory"):
        KeyFile(tmp_path / "absent" / "key").create(database_exists=False)


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="cannot be read"):
        KeyFile(tmp_path).load()


@posix
def test_a_device_is_no_key_file() -> None:
    with pytest.raises(KeyUnusable, match="not a regular file"):
        KeyFile(Path(os.devnull)).load()


@pytest.mark.parametrize(
    "content",
    [
        "",
        HEADER,
        f"{HEADER}\n",
        f"{HEADER}\nAAAA\n",
        f"{HEADER}\n!!!\n",
        "A" * 44,
        f"another 1\n{'A' * 43}=\n",
        "\0" * 9000,
    ],
)
def test_a_damaged_file_is_refused_without_showing_it(key_file: KeyFile, content: str) -> None:
    key_file.create(database_exists=False)
    key_file.path.write_text(content)
    with pytest.raises(KeyUnusable, match="does not hold a key of 32 bytes") as caught:
        key_file.load()
    assert "AAAA" not in str(caught.value)


def test_a_key_that_takes_anothers_place_is_for_whom_that_one_was(key_file: KeyFile) -> None:
    """Root replaces the key, and the service, which is somebody else, still reads it."""
    key_file.make()
    fresh = KeyFile(key_file.path.with_name("fresh"))
    user, group = (65533, 65534) if os.geteuid() == 0 else (os.geteuid(), os.getgid())
    os.chown(key_file.path, user, group)
    fresh.make(like=key_file)
    key, mode = fresh.load().reveal(), stat.S_IMODE(key_file.path.stat().st_mode)
    fresh.take_place_of(key_file)
    status = key_file.path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (user, group, mode)
    assert key_file.load().reveal() == key
    assert not fresh.path.exists()
