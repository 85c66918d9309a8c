"""A row is understood whole or not at all, and nothing unknown is ever taken for better than it is."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.importing.record import Bad, Raw, Record, Rules, Session
from services.importing.understanding import understood
from services.vocabulary import AuthenticatorKind, ContactKind, SignalAnswer
from tests.importing.conftest import NOW

WHO = {"customer_number": "0418 227", "name": "Amara Okafor"}
EMAIL = {"kind": "email", "value": "Amara@Postbox.Example"}
PHONE = {"kind": "phone", "value": "07700 900471"}
TOTP = {"kind": "totp", "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "bound_at": "2025-01-01"}
SPRING = datetime(2025, 4, 1, tzinfo=UTC)
CANARY = "kanarie.7731@canary.example"
"""Stands for anything personal: no reason may repeat it."""


def read(rules: Rules, **fields: Any) -> Record:
    """The record of a row that can be understood."""
    record = understood(Raw(7, {**WHO, **fields}), rules)
    assert isinstance(record, Record), record
    return record


def test_everything_that_a_row_can_say_is_understood(rules: Rules) -> None:
    record = read(
        rules,
        username=" AMARA.Okafor ",
        privileged=True,
        created_at="2020-02-29T12:00:00+02:00",
        last_sign_in_at="2026-11-20 08:00",
        locked_at="2026-11-21",
        contacts=[
            EMAIL | {"verified_at": "2025-04-01", "changed_at": "2025-03-01"},
            PHONE | {"verified_at": "2025-04-01", "sim_swap": "YES", "sim_swapped_at": "2026-11-20"},
            {"kind": "phone", "value": "+49 30 901820", "retired_at": "2026-01-01"},
        ],
        authenticators=[TOTP | {"label": "App"}, {"kind": "passkey"}],
        recovery_codes={"salt": "00" * 16, "digests": ["ab" * 32, "cd" * 32], "issued_at": "2025-01-01"},
        devices=[{"label": "Laptop", "seen_at": "2026-11-01"}],
        sessions=[{"started_at": "2026-11-21"}],
    )
    assert (record.place, record.customer_number, record.username) == (7, "RC0418227", "amara.okafor")
    assert record.created_at == datetime(2020, 2, 29, 10, 0, tzinfo=UTC)
    assert record.last_sign_in_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    email, phone, old = record.contacts
    assert (email.value, email.verified_at, email.changed_at) == (
        "amara@postbox.example",
        SPRING,
        datetime(2025, 3, 1, tzinfo=UTC),
    )
    assert (phone.value, phone.sim_swap, phone.changed_at) == ("+447700900471", SignalAnswer.YES, SPRING)
    assert (old.value, old.verified_at) == ("+4930901820", None)
    totp, passkey = record.authenticators
    assert totp.secret is not None
    assert (len(totp.secret), totp.label) == (20, "App")
    assert (passkey.kind, passkey.label, passkey.secret) == (AuthenticatorKind.PASSKEY, "Passkey", None)
    assert record.recovery_codes is not None
    assert record.recovery_codes.digests == (b"\xab" * 32, b"\xcd" * 32)
    assert (record.devices[0].label, record.devices[0].is_dated) == ("Laptop", True)
    assert record.sessions == (Session(started_at=datetime(2026, 11, 21, tzinfo=UTC), is_dated=True),)
    assert record.notes == ()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"customer_number": ""}, "customer_number is missing."),
        ({"customer_number": "XX-1"}, "customer_number does not fit the pattern in the settings."),
        ({"name": "  "}, "name is missing."),
        ({"name": 7}, "name is not text."),
        ({"name": "A\x07B"}, "name holds control characters or half characters."),
        ({"name": "A\ud800"}, "name holds control characters or half characters."),
        ({"name": "x" * 201}, "name is longer than 200 characters."),
        ({"username": CANARY + " and more"}, "username cannot be a user name: it is too long or holds spaces."),
        ({"privileged": "perhaps"}, "privileged is neither yes nor no."),
        ({"created_at": "last spring"}, "created_at is not a time such as 2026-11-21T09:00:00Z."),
        ({"created_at": "2026-11-22"}, "created_at lies in the future."),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "created_at is not a time such as 2026-11-21T09:00:00Z."),
        ({"password_hash": "$2b$12$abcdefghijkl"}, "password_hash is not an Argon2id hash in PHC form."),
        ({"phnoe": CANARY}, "phnoe is not a field that is known."),
        ({"contacts": "none"}, "contacts is not a list."),
        ({"contacts": [CANARY]}, "contact 1 is not an object with fields."),
        ({"contacts": [{"value": CANARY}]}, "contact 1: kind is missing."),
        ({"contacts": [EMAIL, {"kind": "fax", "value": CANARY}]}, "contact 2: kind is none of phone, email."),
        ({"contacts": [PHONE, {"kind": "email", "value": "@" + CANARY}]}, "email 1: value is not an e-mail address."),
        ({"contacts": [EMAIL, {"kind": "phone", "value": "44"}]}, "phone 1: value is not a phone number."),
        ({"contacts": [PHONE, {"kind": "phone"}]}, "phone 2: value is missing."),
        ({"contacts": [EMAIL] * 51}, "contacts has more than 50 items."),
        (
            {"contacts": [EMAIL | {"verified_at": "2025-01-01", "changed_at": "2025-01-02"}]},
            "email 1: verified_at lies before changed_at: what was verified is not what is there now.",
        ),
        ({"contacts": [EMAIL | {"sim_swap": "no"}]}, "email 1: sim_swap is said of phones only."),
        ({"contacts": [PHONE | {"sim_swap": "yes"}]}, "phone 1: sim_swapped_at is missing, and sim_swap says yes."),
        ({"contacts": [PHONE | {"sim_swap": "maybe"}]}, "phone 1: sim_swap is none of yes, no, unknown."),
        ({"authenticators": [{"secret": CANARY}]}, "authenticator 1: kind is missing."),
        ({"authenticators": [TOTP | {"digits": "six"}]}, "authenticator 1: digits is not a whole number."),
        ({"recovery_codes": ["AAAA"]}, "recovery_codes is not an object with fields."),
        (
            {"recovery_codes": {"salt": "00" * 16, "digests": ["AAAA-BBBB"]}},
            "recovery_codes: digests are not 32 bytes each, in hexadecimal.",
        ),
        (
            {"recovery_codes": {"salt": "zz", "digests": []}},
            "recovery_codes: salt is not hexadecimal of the right length.",
        ),
        ({"devices": [{"name": CANARY}]}, "device 1: name is not a field that is known."),
        ({"sessions": [{"started_at": "soon"}]}, "session 1: started_at is not a time such as 2026-11-21T09:00:00Z."),
    ],
)
def test_what_cannot_be_understood_is_one_sentence_without_the_value(
    rules: Rules, fields: dict[str, Any], reason: str
) -> None:
    assert understood(Raw(7, {**WHO, **fields}), rules) == Bad(7, reason)
    assert "anarie" not in reason


def test_a_row_that_is_no_object_is_bad(rules: Rules) -> None:
    assert understood(Raw(7, ["a", "b"]), rules) == Bad(7, "the row is not an object with fields.")  # type: ignore[arg-type]  # as a file may have it


@pytest.mark.parametrize(
    ("contact", "vouched", "since"),
    [
        (EMAIL, None, NOW),
        (EMAIL, SPRING, SPRING),
        (EMAIL | {"verified_at": "2025-01-01"}, None, datetime(2025, 1, 1, tzinfo=UTC)),
        (EMAIL | {"verified_at": "2026-11-21"}, SPRING, datetime(2026, 11, 21, tzinfo=UTC)),
        (EMAIL | {"verified_at": "2025-01-01"}, SPRING, datetime(2025, 1, 1, tzinfo=UTC)),
        (EMAIL | {"changed_at": "2026-11-20"}, SPRING, datetime(2026, 11, 20, tzinfo=UTC)),
    ],
)
def test_what_changed_nobody_knows_when_counts_as_changed_now(
    rules: Rules, contact: dict[str, str], vouched: datetime | None, since: datetime
) -> None:
    """Invariants 4 and 5: unknown never passes, and an operator's word makes nothing older than the file says."""
    vouching = dataclasses.replace(rules, unchanged_since=vouched)
    assert read(vouching, contacts=[contact]).contacts[0].changed_at == since


def test_the_same_holds_for_authenticators_and_recovery_codes(rules: Rules) -> None:
    undated = {"authenticators": [{"kind": "push"}], "recovery_codes": {"salt": "00" * 16, "digests": ["ab" * 32]}}
    record = read(rules, **undated)
    assert record.recovery_codes is not None
    assert (record.authenticators[0].bound_at, record.recovery_codes.issued_at) == (NOW, NOW)
    vouched = read(dataclasses.replace(rules, unchanged_since=SPRING), **undated)
    assert vouched.authenticators[0].bound_at == SPRING


def test_a_sim_history_that_nobody_knows_stays_unknown(rules: Rules) -> None:
    """N-OOB-08: unknown is an answer of its own."""
    plain, dated = read(
        rules, contacts=[PHONE, {"kind": "phone", "value": "07700 900472", "sim_swapped_at": "2026-11-01"}]
    ).contacts
    assert (plain.sim_swap, dated.sim_swap) == (SignalAnswer.UNKNOWN, SignalAnswer.YES)


@pytest.mark.parametrize(
    ("odd", "trouble"),
    [
        ({"algorithm": "SHA256"}, "uses SHA256, 6 digits and 30 s"),
        ({"algorithm": "whirlpool"}, "uses WHIRLPOOL, 6 digits"),
        ({"digits": 8}, "uses SHA1, 8 digits"),
        ({"period": 60}, "6 digits and 60 s"),
        ({"period": 0}, "counts uses and not time"),
        ({"secret": ""}, "has no secret"),
        ({"secret": "not base 32!"}, "has a secret that is not base 32"),
        ({"secret": "JBSWY3DPEHPK3PXP"}, "has a secret that is too short"),
    ],
)
def test_a_second_factor_that_cannot_be_checked_still_counts_as_one(
    rules: Rules, odd: dict[str, Any], trouble: str
) -> None:
    """To drop it would make a protected account a standard one, and its recovery weaker (N-REC-15)."""
    record = read(rules, authenticators=[TOTP | odd])
    assert [(one.kind, one.secret) for one in record.authenticators] == [(AuthenticatorKind.TOTP, None)]
    (note,) = record.notes
    assert note.startswith("authenticator 1 ")
    assert trouble in note
    assert note.endswith("it counts as a second factor, and its codes cannot be checked.")


def test_a_contact_that_stands_there_twice_is_kept_once(rules: Rules) -> None:
    record = read(rules, contacts=[PHONE, EMAIL, {"kind": "phone", "value": "+44 7700 900471"}])
    assert [(one.kind, one.value) for one in record.contacts] == [
        (ContactKind.PHONE, "+447700900471"),
        (ContactKind.EMAIL, "amara@postbox.example"),
    ]
    assert record.notes == ("phone 2 is the same as one before it, and was left out.",)


def test_another_clock_may_be_a_little_ahead(rules: Rules) -> None:
    assert read(rules, last_sign_in_at=(NOW + timedelta(minutes=4)).isoformat()).last_sign_in_at is not None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    ["customer_number", "name", "username", "contacts", "authenticators", "recovery_codes", "created_at"]
)
inside = st.sampled_from(["kind", "value", "verified_at", "sim_swap", "secret", "digits", "salt", "digests"])


@given(st.dictionaries(names, anything | st.lists(st.dictionaries(inside, anything, max_size=4), max_size=2)))
def test_no_row_whatever_stops_an_import(rules: Rules, fields: dict[str, Any]) -> None:
    found = understood(Raw(7, {**WHO, **fields}), rules)
    assert found.place == 7
    assert isinstance(found, Record) or found.reason.endswith(".")
