"""A realm export: users with what their credentials say, streamed, and nothing of it better than Keycloak says."""

import base64
import dataclasses
import json
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.domain.one_time import TotpKey
from services.importing.keycloak import Attributes, RealmExport
from services.importing.record import Bad, NotImportable, Raw, Record, Rules
from services.importing.understanding import understood
from services.secret import Secret
from services.vocabulary import AuthenticatorKind, ContactKind
from tests.importing.conftest import NOW
from tests.support.totp import totp_code

BOUND = 1_735_689_600_000
"""2025-01-01 in Keycloak's milliseconds."""
RFC_SECRET = "12345678901234567890"
"""Source: RFC 6238 appendix B; its code in the step of second 59 is 287082 in six digits."""


def otp(secret: str = RFC_SECRET, **settings: Any) -> dict[str, Any]:
    """A credential as a realm export has it: its two halves are JSON in text."""
    usual = {"subType": "totp", "digits": 6, "counter": 0, "period": 30, "algorithm": "HmacSHA1"}
    return {
        "id": "0b1c",
        "type": "otp",
        "userLabel": "Old phone",
        "createdDate": BOUND,
        "secretData": json.dumps({"value": secret}),
        "credentialData": json.dumps(usual | settings),
    }


def user(**fields: Any) -> dict[str, Any]:
    """A user of a realm."""
    return {
        "id": "5f2d7f0e-7d6c-4c56-9f39-2f6a1c0f8a11",
        "createdTimestamp": BOUND,
        "username": "amara",
        "enabled": True,
        "totp": False,
        "emailVerified": True,
        "firstName": "Amara",
        "lastName": "Okafor",
        "email": "amara@postbox.example",
        "attributes": {"customerNumber": ["RC0418227"], "phoneNumber": ["+44 7700 900471"]},
        "credentials": [],
        "requiredActions": [],
        "realmRoles": ["default-roles-desk"],
    } | fields


def rows(folder: Path, *users: Any, attributes: Attributes | None = None) -> list[Raw | Bad]:
    """What a realm with these users gives."""
    path = folder / "realm.json"
    realm = {"id": "desk", "realm": "desk", "clients": [{"users": "no"}], "users": list(users), "roles": {"realm": []}}
    path.write_text(json.dumps(realm, indent=1), "utf-8")
    source = RealmExport(path, NOW, attributes)
    found = list(source.rows())
    assert source.position == source.size
    return found


def record(folder: Path, rules: Rules, **fields: Any) -> Record:
    """One user, read and understood."""
    (row,) = rows(folder, user(**fields))
    assert isinstance(row, Raw)
    read = understood(row, rules)
    assert isinstance(read, Record), read
    return read


def test_a_user_becomes_an_account(tmp_path: Path, rules: Rules) -> None:
    read = record(tmp_path, rules, credentials=[otp()])
    assert (read.customer_number, read.name, read.username) == ("RC0418227", "Amara Okafor", "amara")
    assert read.created_at == datetime(2025, 1, 1, tzinfo=UTC)
    assert [(one.kind, one.value, one.verified_at) for one in read.contacts] == [
        (ContactKind.EMAIL, "amara@postbox.example", NOW),
        (ContactKind.PHONE, "+447700900471", None),
    ]
    assert (read.locked_at, read.frozen_at, read.notes) == (None, None, ())


def test_when_a_contact_changed_nobody_knows(tmp_path: Path, rules: Rules) -> None:
    """Keycloak says that an address was verified, and neither when nor when it last changed: it counts as new."""
    assert {one.changed_at for one in record(tmp_path, rules).contacts} == {NOW}


def test_an_operator_vouches_for_when_a_contact_was_verified(tmp_path: Path, rules: Rules) -> None:
    path, spring = tmp_path / "realm.json", datetime(2025, 4, 1, tzinfo=UTC)
    path.write_text(json.dumps({"users": [user()]}), "utf-8")
    (row,) = RealmExport(path, NOW, unchanged_since=spring).rows()
    assert isinstance(row, Raw)
    read = understood(row, dataclasses.replace(rules, unchanged_since=spring))
    assert isinstance(read, Record)
    assert [(one.verified_at, one.changed_at) for one in read.contacts] == [(spring, spring), (None, spring)]


@pytest.mark.parametrize(
    "credential",
    [otp(), otp(base64.b32encode(RFC_SECRET.encode()).decode(), secretEncoding="BASE32")],
    ids=["octets of the text", "base 32"],
)
def test_codes_of_an_imported_authenticator_are_right(tmp_path: Path, rules: Rules, credential: dict[str, Any]) -> None:
    (bound,) = record(tmp_path, rules, credentials=[credential]).authenticators
    assert bound.secret is not None
    assert totp_code(TotpKey(Secret(bound.secret)), 59 // 30) == "287082"
    assert (bound.label, bound.bound_at) == ("Old phone", datetime(2025, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("settings", "trouble"),
    [
        ({"algorithm": "HmacSHA256"}, "uses SHA256"),
        ({"algorithm": "HmacSHA512", "digits": 8}, "uses SHA512, 8 digits"),
        ({"digits": 8}, "8 digits"),
        ({"period": 60}, "60 s"),
        ({"subType": "hotp", "period": 0, "counter": 4}, "HOTP"),
        ({"subType": "hotp"}, "HOTP"),
    ],
)
def test_other_one_time_passwords_count_and_are_reported(
    tmp_path: Path, rules: Rules, settings: dict[str, Any], trouble: str
) -> None:
    read = record(tmp_path, rules, credentials=[otp(**settings)])
    assert [(one.kind, one.secret) for one in read.authenticators] == [(AuthenticatorKind.TOTP, None)]
    assert len(read.notes) == 1
    assert trouble in read.notes[0]


def test_passkeys_come_and_passwords_and_foreign_recovery_codes_do_not(tmp_path: Path, rules: Rules) -> None:
    credentials = [
        {"type": "password", "secretData": "{}", "credentialData": '{"algorithm":"pbkdf2-sha512"}'},
        {"type": "webauthn", "userLabel": "Key", "createdDate": BOUND, "credentialData": "{}"},
        {"type": "webauthn-passwordless", "createdDate": BOUND},
        {"type": "recovery-authn-codes", "credentialData": '{"hashIterations":1,"algorithm":"RS512"}'},
    ]
    read = record(tmp_path, rules, credentials=credentials)
    assert [(one.kind, one.label) for one in read.authenticators] == [
        (AuthenticatorKind.PASSKEY, "Key"),
        (AuthenticatorKind.PASSKEY, "Passkey"),
    ]
    assert read.recovery_codes is None
    assert [note.split(",")[0] for note in read.notes] == ["its recovery codes are hashed in Keycloak's way"]


def test_who_was_disabled_is_frozen_and_who_guessed_too_often_is_locked(tmp_path: Path, rules: Rules) -> None:
    """Unlocking is an agent's to do with proof; what an administrator disabled, a person reviews."""
    frozen = record(tmp_path, rules, enabled=False)
    assert (frozen.locked_at, frozen.frozen_at) == (None, NOW)
    attributes = {"customerNumber": ["RC0418227"], "disabledReason": ["permanentLockout"]}
    locked = record(tmp_path, rules, enabled=False, attributes=attributes)
    assert (locked.locked_at, locked.frozen_at) == (NOW, None)


def test_without_a_customer_number_the_id_stands_in(tmp_path: Path, rules: Rules) -> None:
    (row,) = rows(tmp_path, user(attributes=None, firstName=None, lastName=""))
    assert isinstance(row, Raw)
    assert (row.fields["customer_number"], row.fields["name"]) == (user()["id"], "amara")
    read = understood(row, rules)
    assert isinstance(read, Record)
    assert read.customer_number == user()["id"]


def test_a_realms_own_attributes_are_named(tmp_path: Path) -> None:
    attributes = {
        "employee": ["RC0000001"],
        "mobile": ["07700 900471", "07700 900472"],
        "mobileOk": ["true"],
        "vip": ["true"],
    }
    chosen = Attributes(customer_number="employee", phone="mobile", phone_verified="mobileOk", privileged="vip")
    (row,) = rows(tmp_path, user(attributes=attributes, email=None), attributes=chosen)
    assert isinstance(row, Raw)
    assert (row.fields["customer_number"], row.fields["privileged"]) == ("RC0000001", "true")
    assert [(one["value"], one["verified_at"]) for one in row.fields["contacts"]] == [
        ("07700 900471", NOW.isoformat()),
        ("07700 900472", NOW.isoformat()),
    ]


def test_users_are_numbered_and_only_people_come(tmp_path: Path) -> None:
    found = rows(
        tmp_path,
        user(),
        user(serviceAccountClientId="backend"),
        "not a user",
        user(credentials=[{"type": "otp", "secretData": "{"}]),
        user(attributes="none"),
        user(createdTimestamp="yesterday"),
        user(),
    )
    assert [row.place for row in found if isinstance(row, Raw)] == [1, 7]
    assert [(row.place, row.reason) for row in found if isinstance(row, Bad)] == [
        (3, "it is not an object with fields."),
        (4, "it is not a user as Keycloak exports them."),
        (5, "it is not a user as Keycloak exports them."),
        (6, "it is not a user as Keycloak exports them."),
    ]


@pytest.mark.parametrize("levels", [25, 600, 5_000])
@pytest.mark.parametrize("where", ["credentialData", "secretData", "digits", "userLabel", "attributes"])
def test_a_user_with_something_nested_deeply_is_bad_and_the_next_one_comes(
    tmp_path: Path, rules: Rules, where: str, levels: int
) -> None:
    """What comes out can be handed to another process."""
    nested = "[" * levels + "]" * levels
    credential = otp() | {"userLabel": "LABEL"}
    if where in {"credentialData", "secretData"}:
        credential |= {where: nested}
    elif where == "digits":
        credential |= {"credentialData": f'{{"digits": {nested}}}'}
    attributes = {"customerNumber": "RC1", "phoneNumber": "PHONE"}
    text = json.dumps({"users": [user(credentials=[credential], attributes=attributes), user()]})
    text = text.replace('"LABEL"', nested if where == "userLabel" else '""')
    path = tmp_path / "realm.json"
    path.write_text(text.replace('"PHONE"', nested if where == "attributes" else "[]"), "utf-8")
    bad, good = [understood(row, rules) if isinstance(row, Raw) else row for row in RealmExport(path, NOW).rows()]
    assert isinstance(bad, Bad)
    assert isinstance(good, Record)
    pickle.dumps([*RealmExport(path, NOW).rows()])


def test_a_file_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "realm.json"
    path.write_text(json.dumps({"users": [user(), user(), user()]})[:-200], "utf-8")
    found = list(RealmExport(path, NOW).rows())
    assert [type(row) for row in found] == [Raw, Raw, Bad]
    assert found[2] == Bad(3, "the file is not JSON from here on, and nothing after it was read.")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"realm": "desk"}', "holds no users"),
        ('[{"realm": "master"}, {"realm": "desk"}]', "is not the export of one realm"),
        ("customer_number,name\n", "is not the export of one realm"),
        ("", "is empty"),
    ],
)
def test_what_is_no_realm_export_is_said_in_a_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "realm.json"
    path.write_text(content, "utf-8")
    with pytest.raises(NotImportable, match=sentence):
        list(RealmExport(path, NOW).rows())
