"""How passwords and recovery codes are stored: N-PWD-04, N-PWD-07, N-REC-04, A-17, A-45."""

import hmac
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher, extract_parameters

from services.secret import Secret
from services.storage.password_hashing import AT_ONCE, PasswordHashing, Verified
from tests.storage.keys import new_sealer

PASSWORD = Secret("correct horse battery staple")
SEALER = new_sealer()
RIGHT, RIGHT_BUT_OLD, WRONG = (
    Verified(ok=True, needs_rehash=False),
    Verified(ok=True, needs_rehash=True),
    Verified(False, False),
)


@pytest.fixture(scope="module")
def plain() -> PasswordHashing:
    return PasswordHashing()


@pytest.fixture(scope="module")
def peppered() -> PasswordHashing:
    return PasswordHashing(SEALER.pepper)


def test_the_parameters_are_those_of_the_standard(plain: PasswordHashing) -> None:
    """A-45: Argon2id, t=2, m=19456 KiB, p=1; N-PWD-07: the record names scheme, cost and salt."""
    stored = plain.hashed(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    parameters = extract_parameters(stored)
    assert (parameters.hash_len, parameters.salt_len) == (32, 16)


def test_right_and_wrong(plain: PasswordHashing, peppered: PasswordHashing) -> None:
    for hashing in (plain, peppered):
        stored = hashing.hashed(PASSWORD)
        assert hashing.verify(stored, PASSWORD) == RIGHT
        assert hashing.verify(stored, Secret("correct horse battery stapl")) == WRONG
        assert PASSWORD.reveal() not in stored


def test_two_hashes_of_one_password_differ(plain: PasswordHashing) -> None:
    assert plain.hashed(PASSWORD) != plain.hashed(PASSWORD)


def test_every_octet_counts(plain: PasswordHashing) -> None:
    """N-PWD-04: no truncation, as bcrypt does after 72 octets."""
    stored = plain.hashed(Secret("x" * 200 + "a"))
    assert plain.verify(stored, Secret("x" * 200 + "b")) == WRONG
    assert plain.verify(stored, Secret("x" * 200 + "a ")) == WRONG
    assert plain.verify(stored, Secret("x" * 200 + "a")) == RIGHT


def test_the_composed_and_the_decomposed_form_are_one_password(plain: PasswordHashing) -> None:
    assert plain.verify(plain.hashed(Secret("caf\u00e9 caf\u00e9")), Secret("cafe\u0301 cafe\u0301")) == RIGHT


def test_without_the_pepper_a_stolen_hash_cannot_be_guessed_at(
    plain: PasswordHashing, peppered: PasswordHashing
) -> None:
    """N-PWD-07: the keyed hash's key is kept elsewhere."""
    stored = peppered.hashed(PASSWORD)
    assert plain.verify(stored, PASSWORD) == WRONG
    assert plain.verify(stored.removeprefix("p1"), PASSWORD) == WRONG
    assert PasswordHashing(new_sealer().pepper).verify(stored, PASSWORD) == WRONG


def test_an_outdated_form_asks_for_a_new_one(peppered: PasswordHashing, plain: PasswordHashing) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD.reveal())
    assert plain.verify(weaker, PASSWORD) == RIGHT_BUT_OLD
    assert plain.verify(weaker, Secret("wrong")) == WRONG
    assert peppered.verify(plain.hashed(PASSWORD), PASSWORD) == RIGHT_BUT_OLD
    assert peppered.verify(peppered.hashed(PASSWORD), PASSWORD) == RIGHT


@pytest.mark.parametrize(
    "stored", ["", "p1", "plain text", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=8,t=1,p=1$AAAA"]
)
def test_what_cannot_be_read_is_a_no(peppered: PasswordHashing, stored: str) -> None:
    assert peppered.verify(stored, PASSWORD) == WRONG


def test_an_unknown_login_costs_what_a_known_one_does() -> None:
    """A-17: counted in calls of the pepper, and measured."""
    calls: list[bytes] = []

    def pepper(password: bytes) -> bytes:
        calls.append(password)
        return hmac.digest(b"key", password, "sha256")

    hashing = PasswordHashing(pepper)
    stored = hashing.hashed(PASSWORD)
    calls.clear()
    hashing.verify(stored, Secret("wrong"))
    known = len(calls)
    hashing.spend(Secret("wrong"))
    assert (known, len(calls)) == (1, 2)
    known_time = spent(lambda: hashing.verify(stored, Secret("wrong")))
    unknown_time = spent(lambda: hashing.spend(Secret("wrong")))
    assert 0.4 < unknown_time / known_time < 2.5


def spent(work: Callable[[], object]) -> float:
    """Seconds of this thread's own time, the middle one of seven."""
    times = []
    for _ in range(7):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return statistics.median(times)


def test_no_more_are_computed_at_once_than_there_is_memory_for() -> None:
    present, most = [0], [0]

    def pepper(password: bytes) -> bytes:
        present[0] += 1
        most[0] = max(most[0], present[0])
        digest = hmac.digest(b"key", password * 1000, "sha256")
        present[0] -= 1
        return digest

    hashing = PasswordHashing(pepper, at_once=1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: hashing.spend(Secret("wrong")), range(8)))
    assert most == [1]
    assert AT_ONCE * 19456 <= 128 * 1024


def test_one_salt_gives_one_digest_to_compare_with_all(plain: PasswordHashing) -> None:
    """N-REC-04: saved codes are hashed by the password scheme, one computation for the set."""
    salt = b"0123456789abcdef"
    digest = plain.recovery_digest(salt, "ABCD" * 7)
    assert len(digest) == 32
    assert digest == plain.recovery_digest(salt, Secret("ABCD" * 7))
    assert digest != plain.recovery_digest(salt, "ABCE" * 7)
    assert digest != plain.recovery_digest(b"fedcba9876543210", "ABCD" * 7)
