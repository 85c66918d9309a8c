"""Understands a row: canonical identifiers, aware times, known words. All or nothing, but for second factors."""

from argon2 import Type, extract_parameters
from argon2.exceptions import InvalidHashError

from services.domain.identifiers import canonical_customer_number, canonical_email, canonical_phone, canonical_user_name
from services.domain.one_time import TotpKey
from services.importing.record import Bad, Bound, Contact, Device, Raw, Record, Rules, SavedCodes, Session
from services.importing.values import Fields, Unreadable, base32, octets
from services.secret import Secret
from services.vocabulary import AuthenticatorKind, ContactKind, SignalAnswer

ACCOUNT = frozenset(
    {
        *("customer_number", "name", "username", "privileged", "created_at", "last_sign_in_at", "locked_at"),
        *("frozen_at", "password_hash", "password_changed_at"),
        *("contacts", "authenticators", "recovery_codes", "devices", "sessions"),
    }
)
"""The fields of a row."""
CONTACT = frozenset({"kind", "value", "verified_at", "changed_at", "retired_at", "sim_swap", "sim_swapped_at"})
AUTHENTICATOR = frozenset({"kind", "label", "secret", "algorithm", "digits", "period", "bound_at", "last_used_at"})
CODES = frozenset({"salt", "digests", "issued_at"})
DEVICE = frozenset({"label", "seen_at"})
SESSION = frozenset({"started_at"})

MAX_NAME = 200
MAX_LABEL = 100
MAX_ADDRESS = 320
MOST = 50
"""Contact points, authenticators, devices or sessions of one account, of each."""
DIGEST_BYTES = 32
"""Of a recovery code: Argon2id as `services/storage/password_hashing.py` computes it."""


def understood(raw: Raw, rules: Rules) -> Record | Bad:
    """The row as a record, or why it is not imported."""
    try:
        return _record(raw, Fields(raw.fields, rules, ACCOUNT), rules)
    except Unreadable as fault:
        return Bad(raw.place, f"{fault}.")


def _record(raw: Raw, fields: Fields, rules: Rules) -> Record:
    notes = list(raw.notes)
    username = fields.text("username", MAX_ADDRESS)
    canonical_name = canonical_user_name(username) if username else None
    if username and canonical_name is None:
        raise fields.unreadable("username", "cannot be a user name: it is too long or holds spaces")
    return Record(
        place=raw.place,
        given=fields.given if fields.has("created_at") else fields.given - {"created_at"},
        customer_number=_customer_number(fields, rules, raw),
        name=fields.required("name", MAX_NAME),
        username=canonical_name,
        privileged=fields.flag("privileged"),
        created_at=fields.moment("created_at") or rules.now,
        last_sign_in_at=fields.moment("last_sign_in_at"),
        locked_at=fields.moment("locked_at"),
        frozen_at=fields.moment("frozen_at"),
        password_hash=_password_hash(fields),
        password_changed_at=fields.moment("password_changed_at"),
        contacts=_contacts(fields, rules, notes),
        authenticators=_authenticators(fields, rules, notes),
        recovery_codes=_recovery_codes(fields, rules),
        devices=_devices(fields, rules),
        sessions=_sessions(fields, rules),
        notes=tuple(notes),
    )


def _customer_number(fields: Fields, rules: Rules, raw: Raw) -> str:
    """As look-ups spell it; without a pattern in the settings, as the file does."""
    text = fields.required("customer_number", MAX_ADDRESS)
    if rules.spellings.customer_number is None or raw.number_stands_in:
        return text
    number = canonical_customer_number(text, rules.spellings)
    if number is None:
        raise fields.unreadable("customer_number", "does not fit the pattern in the settings")
    return number


def _password_hash(fields: Fields) -> str | None:
    text = fields.text("password_hash", 255)
    if text is None:
        return None
    try:
        if extract_parameters(text).type is Type.ID:
            return text
    except InvalidHashError:
        pass
    raise fields.unreadable("password_hash", "is not an Argon2id hash in PHC form")


def _contacts(fields: Fields, rules: Rules, notes: list[str]) -> tuple[Contact, ...]:
    found: dict[tuple[ContactKind, str], Contact] = {}
    counted = dict.fromkeys(ContactKind, 0)
    for nth, given in enumerate(fields.things("contacts", MOST), 1):
        its = Fields(given, rules, CONTACT, f"contact {nth}")
        kind = _kind(its)
        counted[kind] += 1
        contact = _contact(kind, its.called(f"{kind} {counted[kind]}"), rules)
        if (kind, contact.value) in found:
            notes.append(f"{kind} {counted[kind]} is the same as one before it, and was left out.")
        found.setdefault((kind, contact.value), contact)
    return tuple(found.values())


def _kind(fields: Fields) -> ContactKind:
    kind = fields.word("kind", ContactKind)
    if kind is None:
        raise fields.unreadable("kind", "is missing")
    return kind


def _contact(kind: ContactKind, fields: Fields, rules: Rules) -> Contact:
    verified_at, changed_at = fields.moment("verified_at"), fields.moment("changed_at")
    if verified_at is not None and changed_at is not None and verified_at < changed_at:
        raise fields.unreadable("verified_at", "lies before changed_at: what was verified is not what is there now")
    swap, swapped_at = fields.word("sim_swap", SignalAnswer), fields.moment("sim_swapped_at")
    if kind is not ContactKind.PHONE and (swap is not None or swapped_at is not None):
        raise fields.unreadable("sim_swap", "is said of phones only")
    if swap is SignalAnswer.YES and swapped_at is None:
        raise fields.unreadable("sim_swapped_at", "is missing, and sim_swap says yes")
    return Contact(
        said=_said(fields),
        kind=kind,
        value=_address(kind, fields, rules),
        verified_at=verified_at,
        changed_at=changed_at or rules.in_place_since(verified_at),
        retired_at=fields.moment("retired_at"),
        sim_swap=swap or (SignalAnswer.YES if swapped_at else SignalAnswer.UNKNOWN),
        sim_swapped_at=swapped_at,
    )


def _said(fields: Fields) -> frozenset[str]:
    """A change that the file does not date is none to an update; a swap that it dates is one."""
    said = fields.given if fields.has("changed_at") else fields.given - {"changed_at"}
    return said | {"sim_swap"} if fields.has("sim_swapped_at") else said


def _address(kind: ContactKind, fields: Fields, rules: Rules) -> str:
    text = fields.required("value", MAX_ADDRESS)
    if kind is ContactKind.PHONE:
        canonical, what = canonical_phone(text, rules.home), "is not a phone number"
    else:
        canonical, what = canonical_email(text), "is not an e-mail address"
    if canonical is None:
        raise fields.unreadable("value", what)
    return canonical


def _authenticators(fields: Fields, rules: Rules, notes: list[str]) -> tuple[Bound, ...]:
    things = enumerate(fields.things("authenticators", MOST), 1)
    return tuple(
        _authenticator(Fields(given, rules, AUTHENTICATOR, f"authenticator {nth}"), nth, rules, notes)
        for nth, given in things
    )


def _authenticator(fields: Fields, nth: int, rules: Rules, notes: list[str]) -> Bound:
    """A TOTP app of a kind that cannot be checked here still counts as a second factor: to drop it would weaken the
    account's recovery (N-REC-15)."""
    kind = fields.word("kind", AuthenticatorKind)
    if kind is None:
        raise fields.unreadable("kind", "is missing")
    secret, bound_at = None, fields.moment("bound_at")
    if kind is AuthenticatorKind.TOTP:
        secret, trouble = _totp_secret(fields)
        if trouble:
            notes.append(
                f"authenticator {nth} {trouble}: it counts as a second factor, and its codes cannot be checked."
            )
    return Bound(
        kind=kind,
        label=fields.text("label", MAX_LABEL) or _LABELS[kind],
        secret=secret,
        bound_at=bound_at or rules.in_place_since(),
        is_dated=bound_at is not None,
        last_used_at=fields.moment("last_used_at"),
    )


_LABELS = {
    AuthenticatorKind.TOTP: "Authenticator app",
    AuthenticatorKind.PASSKEY: "Passkey",
    AuthenticatorKind.PUSH: "Push device",
}


def _totp_secret(fields: Fields) -> tuple[bytes | None, str]:
    """The secret, or what is the matter with it."""
    algorithm = (fields.text("algorithm", 20) or "SHA1").upper()
    digits, period = fields.whole("digits", 6), fields.whole("period", 30)
    if period == 0:
        return None, "counts uses and not time (HOTP)"
    if (algorithm, digits, period) != ("SHA1", 6, 30):
        return None, f"uses {algorithm}, {digits} digits and {period} s, and not SHA1, 6 digits and 30 s"
    text = fields.text("secret", 512)
    if text is None:
        return None, "has no secret"
    secret = base32(text)
    if secret is None:
        return None, "has a secret that is not base 32"
    try:
        return TotpKey(Secret(secret)).secret.reveal(), ""
    except ValueError:
        return None, "has a secret that is too short"


def _recovery_codes(fields: Fields, rules: Rules) -> SavedCodes | None:
    if not fields.has("recovery_codes"):
        return None
    codes = Fields(fields.thing("recovery_codes"), rules, CODES, "recovery_codes")
    digests = tuple(octets(one, DIGEST_BYTES, DIGEST_BYTES) for one in codes.things("digests", MOST))
    if not all(digests):
        raise codes.unreadable("digests", f"are not {DIGEST_BYTES} bytes each, in hexadecimal")
    issued_at = codes.moment("issued_at")
    return SavedCodes(
        salt=codes.hexadecimal("salt", 8, 64),
        digests=tuple(one for one in digests if one),
        issued_at=issued_at or rules.in_place_since(),
        is_dated=issued_at is not None,
    )


def _devices(fields: Fields, rules: Rules) -> tuple[Device, ...]:
    found = []
    for nth, given in enumerate(fields.things("devices", MOST), 1):
        device = Fields(given, rules, DEVICE, f"device {nth}")
        label, seen_at = device.text("label", MAX_LABEL) or "Trusted device", device.moment("seen_at")
        found.append(Device(label=label, seen_at=seen_at or rules.now, is_dated=seen_at is not None))
    return tuple(found)


def _sessions(fields: Fields, rules: Rules) -> tuple[Session, ...]:
    found = []
    for nth, given in enumerate(fields.things("sessions", MOST), 1):
        started_at = Fields(given, rules, SESSION, f"session {nth}").moment("started_at")
        found.append(Session(started_at=started_at or rules.now, is_dated=started_at is not None))
    return tuple(found)
