"""Codes that count once: O-01, O-02, O-05, O-06, O-09, N-REC-03, N-REC-07, N-OTP-01, N-OTP-03, A-46."""

import base64
import hmac
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.domain.one_time import (
    RECOVERY_LETTERS,
    Accepted,
    Algorithm,
    Rejected,
    TotpKey,
    grouped,
    link_token,
    new_totp_key,
    numeric_code,
    provisioning_uri,
    read_code,
    read_digits,
    read_recovery_code,
    recovery_codes,
    totp_counter,
    totp_secret_text,
    totp_step,
)
from services.secret import Secret
from services.vocabulary import Objection
from tests.support.totp import totp_code

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors/otp/rfc4226_rfc6238_vectors.json").read_text()
)
KEY = TotpKey(Secret(b"12345678901234567890"))
WRONG, REPLAYED = Rejected(Objection.WRONG_CODE), Rejected(Objection.CODE_REPLAYED)
NOW = datetime(2026, 11, 21, 9, 0, 7, tzinfo=UTC)
STEP = totp_counter(KEY, NOW)
moments = st.integers(86_400, 253_402_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
keys = st.binary(min_size=16, max_size=40).map(lambda octets: TotpKey(Secret(octets)))


def code_at(step: int, key: TotpKey = KEY) -> str:
    return totp_code(key, step)


def rfc_6238() -> Iterator[tuple[str, str, int, int, str]]:
    for vector in VECTORS["totp_rfc6238_appendix_b"]["vectors"]:
        yield vector["alg"], vector["key_ascii"], vector["unix_time"], int(vector["T_hex"], 16), vector["code"]


def test_the_hotp_values_of_rfc_4226() -> None:
    """O-02."""
    codes = VECTORS["hotp_rfc4226_appendix_d"]["codes_by_counter"]
    assert [code_at(counter) for counter in range(10)] == codes
    for counter, code in enumerate(codes):
        assert totp_step(KEY, code, datetime.fromtimestamp(counter * KEY.period, UTC), None) == Accepted(counter)


@pytest.mark.parametrize(("algorithm", "secret", "unix_time", "step", "code"), list(rfc_6238()))
def test_the_totp_values_of_rfc_6238(algorithm: Algorithm, secret: str, unix_time: int, step: int, code: str) -> None:
    """O-09: among them the year 2603."""
    key = TotpKey(Secret(secret.encode()), digits=8, algorithm=algorithm)
    at = datetime.fromtimestamp(unix_time, UTC)
    assert totp_counter(key, at) == step
    assert totp_step(key, code, at, None) == Accepted(step)


def test_a_step_beyond_32_bits() -> None:
    """O-09: a counter is eight octets; computed apart from the library that is used."""
    key = TotpKey(KEY.secret, period=1)
    at = datetime(2300, 1, 1, tzinfo=UTC)
    step = int(at.timestamp())
    assert step > 2**32
    digest = hmac.digest(key.secret.reveal(), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    expected = (int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF) % 1_000_000
    assert totp_step(key, f"{expected:06d}", at, None) == Accepted(step)


@pytest.mark.parametrize("case", [case for case in VECTORS["acceptance_window_cases_generated"] if "code_6" in case])
def test_the_window(case: dict[str, Any]) -> None:
    """Of what ASVS, the RFC and NIST allow: T and T-1, and no step to come (`docs/decisions/totp-window.md`)."""
    at = datetime.fromtimestamp(case["server_time"], UTC)
    accepted = Accepted(totp_counter(KEY, at) + case["step_delta"])
    found = totp_step(KEY, case["code_6"], at, None)
    assert found == (accepted if case["step_delta"] in {0, -1} else WRONG)


@given(keys, moments, st.integers(-50, 50))
def test_only_the_present_and_the_last_step_count(key: TotpKey, at: datetime, delta: int) -> None:
    now = totp_counter(key, at)
    code = code_at(max(now + delta, 0), key)
    assume(delta in {0, -1} or code not in {code_at(now, key), code_at(now - 1, key)})
    answer = totp_step(key, code, at, None)
    assert isinstance(answer, Accepted) is (delta in {0, -1})


@given(keys, moments)
def test_a_code_is_accepted_once(key: TotpKey, at: datetime) -> None:
    """O-06, N-OTP-03: within its step, and in the next."""
    code = code_at(totp_counter(key, at), key)
    first = totp_step(key, code, at, None)
    assert isinstance(first, Accepted)
    assert totp_step(key, code, at, first.step) == REPLAYED
    later = at + timedelta(seconds=key.period)
    assume(code != code_at(first.step + 1, key))
    assert totp_step(key, code, later, first.step) == REPLAYED


@given(keys, moments, st.lists(st.integers(-1, 0), max_size=12))
def test_accepted_steps_only_grow(key: TotpKey, at: datetime, deltas: list[int]) -> None:
    last: int | None = None
    for minute, delta in enumerate(deltas):
        moment = at + timedelta(seconds=10 * minute)
        answer = totp_step(key, code_at(totp_counter(key, moment) + delta, key), moment, last)
        if isinstance(answer, Accepted):
            assert last is None or answer.step > last
            last = answer.step
        else:
            assert answer == REPLAYED


def test_an_older_step_after_a_newer_one_is_a_replay() -> None:
    assert totp_step(KEY, code_at(STEP - 1), NOW, STEP) == REPLAYED
    assert totp_step(KEY, code_at(STEP), NOW, STEP - 1) == Accepted(STEP)


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1} {2}", "{1}-{2}", "{1}\u00a0{2}\u200b", "{1}.{2}\r\n"])
def test_a_code_may_be_grouped(typed: str) -> None:
    code = code_at(STEP)
    assert totp_step(KEY, typed.format(code, code[:3], code[3:]), NOW, None) == Accepted(STEP)


def test_digits_of_another_script_count() -> None:
    eastern = code_at(STEP).translate({ord("0") + digit: 0x0660 + digit for digit in range(10)})
    assert totp_step(KEY, eastern, NOW, None) == Accepted(STEP)


@pytest.mark.parametrize("typed", ["", " ", "12345", "abcdef", "ééé", "0" * 400, "-1", "1e5", "½½½½½½"])
def test_anything_else_is_wrong(typed: str) -> None:
    assert totp_step(KEY, typed, NOW, None) == WRONG


def test_a_cut_or_prolonged_code_is_wrong() -> None:
    code = code_at(STEP)
    assert totp_step(KEY, code[:-1], NOW, None) == totp_step(KEY, code + "0", NOW, None) == WRONG


def test_time_has_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        totp_step(KEY, "123456", NOW.replace(tzinfo=None), None)
    lagos = NOW.astimezone(timezone(timedelta(hours=1)))
    assert totp_counter(KEY, lagos) == STEP


def test_the_first_step_has_none_before_it() -> None:
    start = datetime.fromtimestamp(3, UTC)
    assert totp_step(KEY, "755224", start, None) == Accepted(0)
    assert totp_step(KEY, "755224", start - timedelta(days=1), None) == WRONG


@pytest.mark.parametrize(
    ("secret", "digits", "period"),
    [(b"x" * 13, 6, 30), (b"", 6, 30), (b"x" * 20, 5, 30), (b"x" * 20, 6, 121), (b"x" * 20, 6, 0)],
)
def test_a_weak_key_is_refused(secret: bytes, digits: int, period: int) -> None:
    """N-OTP-01: at least 112 bits, six digits, a step of at most two minutes."""
    with pytest.raises(ValueError, match=r"112 bits|digits|interval"):
        TotpKey(Secret(secret), digits=digits, period=period)


def test_a_new_key_has_160_bits() -> None:
    """O-01."""
    assert len(new_totp_key(secrets.token_bytes).secret.reveal()) == 20
    assert new_totp_key(lambda count: b"\x07" * count).secret == Secret(b"\x07" * 20)


@given(keys, st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20))
def test_the_provisioning_uri_holds_the_key_and_the_names(key: TotpKey, name: str) -> None:
    uri = urlsplit(provisioning_uri(key, issuer="Postbox", name=name).reveal())
    query = parse_qs(uri.query)
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == f"/Postbox:{name}"
    padded = query["secret"][0] + "=" * (-len(query["secret"][0]) % 8)
    assert base64.b32decode(padded) == key.secret.reveal()
    assert query["issuer"] == ["Postbox"]


@given(keys)
def test_the_typed_secret_is_the_key(key: TotpKey) -> None:
    text = totp_secret_text(key).reveal().replace(" ", "")
    assert base64.b32decode(text + "=" * (-len(text) % 8)) == key.secret.reveal()


def test_a_key_does_not_show_its_secret() -> None:
    assert "12345678901234567890" not in repr(KEY)
    assert "GEZDGNBV" not in repr(provisioning_uri(KEY, issuer="Postbox", name="amara"))


@given(st.integers(6, 12), st.data())
def test_a_numeric_code_has_its_digits_and_every_value(digits: int, data: st.DataObject) -> None:
    """N-REC-07: leading zeros are not lost, so that all codes have the same chance."""
    drawn = data.draw(st.integers(0, 10**digits - 1))
    bounds: list[int] = []

    def random(below: int) -> int:
        bounds.append(below)
        return drawn

    code = numeric_code(random, digits).reveal()
    assert len(code) == digits
    assert int(code) == drawn
    assert bounds == [10**digits]


def test_a_numeric_code_has_at_least_six_digits() -> None:
    with pytest.raises(ValueError, match="at least 6 digits"):
        numeric_code(secrets.randbelow, 5)


@given(st.text(max_size=30))
def test_read_digits_gives_ascii_digits_or_nothing(text: str) -> None:
    digits = read_digits(text)
    assert digits is None or (digits.isascii() and digits.isdigit())


def test_a_link_token_has_256_bits() -> None:
    """A-46."""
    tokens = {link_token(secrets.token_bytes).reveal() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(base64.urlsafe_b64decode(token + "=")) for token in tokens} == {32}


def test_recovery_codes_have_140_bits() -> None:
    """N-REC-03: each letter carries the five low bits of an octet of its own."""
    codes = recovery_codes(secrets.token_bytes)
    assert len({code.reveal() for code in codes}) == 10
    assert {len(code.reveal()) for code in codes} == {RECOVERY_LETTERS}
    every_octet = iter(range(256))
    seen = "".join(
        code.reveal() for code in recovery_codes(lambda count: bytes(islice(every_octet, count)).ljust(28), 10)
    )
    assert {letter: seen[:256].count(letter) for letter in seen[:256]} == dict.fromkeys(
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 8
    )


@given(st.binary(min_size=RECOVERY_LETTERS, max_size=RECOVERY_LETTERS), st.data())
def test_a_recovery_code_is_understood_however_it_is_read(octets: bytes, data: st.DataObject) -> None:
    code = recovery_codes(lambda _: octets, 1)[0].reveal()
    alike = {"0": "0oO\uff2f", "1": "1iIlL"}
    spoken = "".join(
        data.draw(st.sampled_from(alike.get(letter, letter + letter.lower())))
        + data.draw(st.sampled_from(["", "", "", " ", "-", "\u2013", " - ", "\u200b", "."]))
        for letter in grouped(code).replace("-", "")
    )
    assert read_recovery_code(spoken) == code
    assert read_recovery_code(grouped(code)) == code


def test_a_recovery_code_is_shown_in_seven_groups_of_four() -> None:
    code = recovery_codes(lambda count: bytes(range(count)), 1)[0].reveal()
    assert grouped(code) == "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV"


@pytest.mark.parametrize(
    "text", ["", "0123", "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTU", "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTVW", "!" * 28]
)
def test_what_cannot_be_a_recovery_code(text: str) -> None:
    assert read_recovery_code(text) is None


@given(st.text(max_size=60))
def test_reading_a_recovery_code_twice_changes_nothing(text: str) -> None:
    read = read_recovery_code(text)
    assert read is None or read_recovery_code(read) == read


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("482913", "482913"),
        (" 482 913 ", "482913"),
        ("48-29-13", "482913"),
        ("482\N{NO-BREAK SPACE}913", "482913"),
        ("000000", "000000"),
        ("٤٨٢٩١٣", "482913"),
        ("४८२९१३", "482913"),
        ("\N{FULLWIDTH DIGIT FOUR}82913", "482913"),
        ("48291", None),
        ("4829130", None),
        ("", None),
        ("48291a", None),
        ("4a8b2c9d1e3", None),
        ("48291²", None),
        ("+482913", None),
        ("4829,13", None),
    ],
)
def test_a_code_is_six_digits_however_they_are_typed(typed: str, meant: str | None) -> None:
    assert read_code(typed) == meant


@given(st.text(max_size=12))
def test_what_is_read_as_a_code_is_six_ascii_digits(typed: str) -> None:
    meant = read_code(typed)
    assert meant is None or (len(meant) == 6 and meant.isascii() and meant.isdigit())
