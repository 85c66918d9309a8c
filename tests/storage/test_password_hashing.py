"""How passwords and recovery codes are stored: N-PWD-04, N-PWD-07, N-REC-04, A-17, A-45."""

import hmac
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher, extract_parameters

from services.secret import Secret
from services.storage.password_hashing import AT_ONCE, PasswordHashing
from tests.storage.keys import new_sealer

PASSWORD = Secret("correct horse battery staple")
SEALER = new_sealer()


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
        assert hashing.verify(stored, PASSWORD)
        assert not hashing.verify(stored, Secret("correct horse battery stapl"))
        assert PASSWORD.reveal() not in stored


def test_two_hashes_of_one_password_differ(plain: PasswordHashing) -> None:
    assert plain.hashed(PASSWORD) != plain.hashed(PASSWORD)


def test_every_octet_counts(plain: PasswordHashing) -> None:
    """N-PWD-04: no truncation, as bcrypt does after 72 octets."""
    stored = plain.hashed(Secret("x" * 200 + "a"))
    assert not plain.verify(stored, Secret("x" * 200 + "b"))
    assert not plain.verify(stored, Secret("x" * 200 + "a "))
    assert plain.verify(stored, Secret("x" * 200 + "a"))


def test_the_composed_and_the_decomposed_form_are_one_password(plain: PasswordHashing) -> None:
    assert plain.verify(plain.hashed(Secret("caf\u00e9 caf\u00e9")), Secret("cafe\u0301 cafe\u0301"))


def test_without_the_pepper_a_stolen_hash_cannot_be_guessed_at(
    plain: PasswordHashing, peppered: PasswordHashing
) -> None:
    """N-PWD-07: the keyed hash's key is kept elsewhere."""
    stored = peppered.hashed(PASSWORD)
    assert not plain.verify(stored, PASSWORD)
    assert not plain.verify(stored.removeprefix("p1"), PASSWORD)
    assert not PasswordHashing(new_sealer().pepper).verify(stored, PASSWORD)


def test_an_outdated_form_still_counts(peppered: PasswordHashing, plain: PasswordHashing) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD.reveal())
    assert plain.verify(weaker, PASSWORD)
    assert not plain.verify(weaker, Secret("wrong"))
    assert peppered.verify(plain.hashed(PASSWORD), PASSWORD)
    assert peppered.verify(peppered.hashed(PASSWORD), PASSWORD)


@pytest.mark.parametrize(
    "stored", ["", "p1", "plain text", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=8,t=1,p=1$AAAA"]
)
def test_what_cannot_be_read_is_a_no(peppered: PasswordHashing, stored: str) -> None:
    assert not peppered.verify(stored, PASSWORD)


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


def test_nothing_fits_what_is_not_known(plain: PasswordHashing) -> None:
    stored = plain.hashed(PASSWORD)
    assert plain.fits(PASSWORD, stored)
    assert not plain.fits(Secret("wrong"), stored)
    assert not plain.fits(PASSWORD, None)
    assert 0.4 < spent(lambda: plain.fits(PASSWORD, None)) / spent(lambda: plain.fits(PASSWORD, stored)) < 2.5


def test_no_more_are_computed_at_once_than_there_is_memory_for() -> None:
    """While one is computed, a second would have to wait: asked from within the first."""
    free: list[bool] = []
    under_test: list[PasswordHashing] = []

    def pepper(password: bytes) -> bytes:
        free.extend(hashing._turn.acquire(blocking=False) for hashing in under_test)
        return hmac.digest(b"key", password, "sha256")

    under_test.append(PasswordHashing(pepper, at_once=1))
    under_test[0].spend(Secret("wrong"))
    under_test[0].hashed(PASSWORD)
    assert free == [False, False]
    assert AT_ONCE * 19456 <= 128 * 1024


def test_a_turn_is_given_back_whatever_happened(plain: PasswordHashing) -> None:
    stored = plain.hashed(PASSWORD)
    with ThreadPoolExecutor(AT_ONCE + 2) as pool:
        answers = pool.map(lambda one: plain.verify(one, PASSWORD), ["", stored, "$argon2id$", "p1" + stored] * 4)
    assert list(answers) == [False, True, False, False] * 4
    with pytest.raises(ValueError, match="text"):
        plain.hashed(Secret("\ud800"))
    assert all(plain._turn.acquire(blocking=False) for _ in range(AT_ONCE))
    for _ in range(AT_ONCE):
        plain._turn.release()


def test_one_salt_gives_one_digest_to_compare_with_all(plain: PasswordHashing) -> None:
    """N-REC-04: saved codes are hashed by the password scheme, one computation for the set."""
    salt = b"0123456789abcdef"
    digest = plain.code_digest(salt, "ABCD" * 7)
    assert len(digest) == 32
    assert digest == plain.code_digest(salt, Secret("ABCD" * 7))
    assert digest != plain.code_digest(salt, "ABCE" * 7)
    assert digest != plain.code_digest(b"fedcba9876543210", "ABCD" * 7)
