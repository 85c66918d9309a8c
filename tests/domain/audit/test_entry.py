"""L-12: an entry has one spelling, and words and personal data stay out of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.audit.entry import MAX_ENTRY_BYTES, MAX_INTEGER, BadEntry, parse_entry, spell, write_entry
from services.domain.outcome import Entry
from services.vocabulary import SYSTEM, ActorId, Event
from tests.domain.audit.logs import EPOCH, entry, salt

SALT = bytes(range(32))
CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/+=,-]{0,40}", fullmatch=True)
DETAILS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True),
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | CODES | st.lists(CODES).map(tuple),
)
ENTRIES = st.builds(
    Entry,
    event=st.sampled_from(list(Event)),
    at=st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - a naive time is the point
    actor=CODES.map(ActorId),
    subject=st.none() | CODES,
    case=st.none() | CODES,
    details=DETAILS,
    prose=st.none() | st.text(st.characters(codec="utf-8")),
)


def test_the_spelling() -> None:
    """Byte for byte: whoever changes this needs a new version number."""
    written = write_entry(
        Entry(
            event=Event.CHECK_PASSED,
            at=datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=2))),
            actor=ActorId("stf_1"),
            subject="acct_9",
            case="case_4",
            details={"wrong": 0, "method": "totp", "replayed": False, "target": None, "factors": ("a", "b")},
            prose="Grüße",
        ),
        SALT,
    )
    commitment = sha256(SALT + "Grüße".encode()).hexdigest()
    assert written.canonical.decode() == (
        '{"actor":"stf_1","at":"2026-03-01T10:30:00.000000Z","case":"case_4",'
        '"details":{"factors":["a","b"],"method":"totp","replayed":false,"target":null,"wrong":0},'
        f'"event":"check.passed","prose":"{commitment}","subject":"acct_9","v":1}}'
    )


def test_an_entry_without_more_says_no_more() -> None:
    written = write_entry(Entry(event=Event.SIGNED_OUT, at=EPOCH, actor=SYSTEM), b"")
    assert written.canonical == (
        b'{"actor":"system","at":"2026-01-01T00:00:00.000000Z","details":{},"event":"staff.signed_out","v":1}'
    )
    assert written.prose is None


@given(ENTRIES)
def test_what_was_written_is_read_back(original: Entry) -> None:
    written = write_entry(original, SALT)
    logged = parse_entry(written.canonical)
    assert (logged.event, logged.at, logged.actor) == (original.event, original.at, original.actor)
    assert (logged.subject, logged.case) == (original.subject, original.case)
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in original.details.items()}
    assert logged.details == plain
    assert spell(logged) == written.canonical
    assert logged.commitment == (written.prose.commitment if written.prose else None)


@given(ENTRIES, st.randoms())
def test_the_order_of_details_does_not_matter(original: Entry, random: Any) -> None:
    shuffled = list(original.details.items())
    random.shuffle(shuffled)
    assert write_entry(replace(original, details=dict(shuffled)), SALT) == write_entry(original, SALT)


@given(st.text(st.characters(codec="utf-8"), min_size=4))
def test_words_are_committed_to_and_not_in_the_log(words: str) -> None:
    written = write_entry(entry(1, words), salt(1))
    assert written.prose is not None
    assert (written.prose.text, written.prose.salt) == (words, salt(1))
    assert parse_entry(written.canonical).commitment == sha256(salt(1) + words.encode()).hexdigest()
    assert parse_entry(written.canonical) == replace(
        parse_entry(write_entry(entry(1), b"").canonical), commitment=written.prose.commitment
    )


def test_the_same_words_do_not_show_as_the_same() -> None:
    first, second = write_entry(entry(1, "lost phone"), salt(1)), write_entry(entry(1, "lost phone"), salt(2))
    assert first.canonical != second.canonical


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(1.5, id="fraction"),
        pytest.param(float("nan"), id="not a number"),
        pytest.param(b"bytes", id="bytes"),
        pytest.param({"a": 1}, id="mapping"),
        pytest.param({"a"}, id="set"),
        pytest.param([1], id="list of numbers"),
        pytest.param([["a"]], id="list of lists"),
        pytest.param(["two words"], id="list with words"),
        pytest.param(EPOCH, id="time"),
        pytest.param(MAX_INTEGER + 1, id="large number"),
        pytest.param(-MAX_INTEGER - 1, id="large negative number"),
        pytest.param("jane@example.com", id="e-mail address"),
        pytest.param("+447700900123", id="phone number"),
        pytest.param("Jane Doe", id="name"),
        pytest.param("Zoë", id="letter outside ASCII"),
        pytest.param("a\n", id="newline"),
        pytest.param("a" * 257, id="long text"),
    ],
)
def test_details_that_may_not_be_in_the_log(value: Any) -> None:
    with pytest.raises(BadEntry):
        write_entry(replace(entry(1), details={"detail": value}), SALT)


@pytest.mark.parametrize("name", ["", "Upper", "with space", "1st", "a" * 65, 1, None])
def test_names_of_details(name: Any) -> None:
    with pytest.raises(BadEntry):
        write_entry(replace(entry(1), details={name: 1}), SALT)


@pytest.mark.parametrize("field", ["event", "actor", "subject", "case"])
@pytest.mark.parametrize("value", ["jane@example.com", "Jane Doe", 1])
def test_fields_hold_codes_and_ids_only(field: str, value: Any) -> None:
    change: Any = {field: value}
    with pytest.raises(BadEntry, match=field):
        write_entry(replace(entry(1), **change), SALT)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(BadEntry, match="zone"):
        write_entry(replace(entry(1), at=datetime(2026, 1, 1)), SALT)  # noqa: DTZ001 - a naive time is the point


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_salt_is_32_bytes(length: int) -> None:
    with pytest.raises(BadEntry, match="salt"):
        write_entry(entry(1, "words"), bytes(length))


def test_prose_that_is_no_text_is_refused() -> None:
    with pytest.raises(BadEntry, match="prose"):
        write_entry(entry(1, "\ud800"), SALT)


def test_an_entry_fits_its_bundle() -> None:
    """L-06: at most 65,535 bytes, to the byte."""
    room = MAX_ENTRY_BYTES - len(write_entry(replace(entry(1), details={"list": []}), SALT).canonical)
    parts, rest = divmod(room, 200 + len('"",'))
    texts = ["a" * 200] * parts + ["a" * (rest - len('""'))]
    assert len(write_entry(replace(entry(1), details={"list": texts}), SALT).canonical) == MAX_ENTRY_BYTES
    texts[-1] += "a"
    with pytest.raises(BadEntry, match="65536"):
        write_entry(replace(entry(1), details={"list": texts}), SALT)


GOOD = '{"actor":"system","at":"2026-01-01T00:00:00.000000Z","details":{},"event":"staff.signed_out","v":1}'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('"v":1', '"v":2', id="newer version"),
        pytest.param(',"v":1', "", id="no version"),
        pytest.param('"v":1', '"v":true', id="true for one"),
        pytest.param('"v":1', '"v":1.0', id="fraction for one"),
        pytest.param('"v":1', '"v":1,"w":1', id="field too many"),
        pytest.param('"details":{},', "", id="field too few"),
        pytest.param('"details":{}', '"details":[]', id="details no mapping"),
        pytest.param('"details":{}', '"details":{"a":1.5}', id="fraction"),
        pytest.param('"details":{}', '"details":{"a":NaN}', id="not a number"),
        pytest.param('"details":{}', '"details":{"a":{}}', id="nested"),
        pytest.param('"details":{}', '"details":{"b":1,"a":1}', id="unsorted"),
        pytest.param('"details":{}', '"details":{"a":1,"a":1}', id="twice the same detail"),
        pytest.param('"actor":"system",', '"actor":"system","actor":"system",', id="twice the same field"),
        pytest.param('"actor":"system"', '"actor":1', id="actor no text"),
        pytest.param('"actor":"system"', '"actor":"\\u0073ystem"', id="escaped letter"),
        pytest.param('"at":"2026', '"at":"x026', id="no time"),
        pytest.param('"at":"2026-01-01T00:00:00.000000Z"', '"at":null', id="time nothing"),
        pytest.param(".000000Z", "Z", id="time to the second"),
        pytest.param(".000000Z", ".000000+00:00", id="zone spelled out"),
        pytest.param("T00:00:00.000000Z", "T01:00:00.000000+01:00", id="another zone"),
        pytest.param('"v":1', '"subject":null,"v":1', id="absent field written"),
        pytest.param('"v":1', '"prose":"00","v":1', id="short commitment"),
        pytest.param('"v":1', '"prose":"' + "G" * 64 + '","v":1', id="commitment not hexadecimal"),
        pytest.param(":1}", ": 1}", id="space"),
        pytest.param(":1}", ":1}\n", id="newline after it"),
        pytest.param(GOOD, "[" * 60_000, id="deeply nested"),
        pytest.param(GOOD, "[]", id="list"),
        pytest.param(GOOD, "", id="nothing"),
        pytest.param("system", "\u00e4", id="letter outside ASCII"),
    ],
)
def test_any_other_spelling_is_refused(old: str, new: str) -> None:
    assert parse_entry(GOOD.encode()).actor == "system"
    with pytest.raises(BadEntry):
        parse_entry(GOOD.replace(old, new).encode())


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(BadEntry):
        parse_entry(GOOD.encode().replace(b"system", b"\xff"))


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_garbage_is_refused_and_nothing_worse(data: bytes) -> None:
    with pytest.raises(BadEntry):
        parse_entry(data)
