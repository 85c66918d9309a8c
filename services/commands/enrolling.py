"""Makes a member of staff who can sign in: a password that may be one, and a new authenticator shown once."""

import re
import secrets
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from services.app import Parts
from services.commands.errors import Unusable
from services.commands.terminal import password_from_standard_input, password_typed_twice, say, show_qr
from services.domain.one_time import TotpKey, new_totp_key, provisioning_uri, totp_secret_text
from services.domain.password import MIN_WITHIN_MFA, context_words, objections
from services.domain.staff import Staff
from services.secret import Secret
from services.vocabulary import Objection, StaffId

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
"""What a sign-in name is made of, in small letters."""
MAX_NAME = 200
"""Characters of a person's name, as the column has them."""

_AGAINST = {
    Objection.PASSWORD_TOO_SHORT: f"The password is too short: at least {MIN_WITHIN_MFA} characters.",
    Objection.PASSWORD_TOO_LONG: "The password is too long.",
    Objection.PASSWORD_LISTED: "This password is known from breaches, or a row of keys.",
    Objection.PASSWORD_IS_CONTEXT: "The password must not be the name, the sign-in name or the company.",
}


def add_identity(command: ArgumentParser) -> None:
    """Who they are, and where their password comes from."""
    command.add_argument(
        "--login", required=True, help="what they sign in with; small and capital letters are the same"
    )
    command.add_argument("--name", required=True, help="what colleagues and, by first name, customers call them")
    add_password(command)


def add_password(command: ArgumentParser) -> None:
    """Where their password comes from."""
    command.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input, and ask for nothing"
    )


def password_source(given: Namespace) -> Callable[[], Secret[str]]:
    """Where the password comes from, as the arguments say."""
    return password_from_standard_input if given.password_stdin else password_typed_twice


def new_staff(
    parts: Parts, login: str, name: str, role: str, password_of: Callable[[], Secret[str]]
) -> tuple[Staff, TotpKey]:
    """The person and their new authenticator key; not stored yet. The password is asked for last.

    Raises:
        Unusable: If the login, the name or the password may not be used.
    """
    login, name = login.strip().lower(), " ".join(name.split())
    if not LOGIN.fullmatch(login):
        raise Unusable("A sign-in name is at most 64 letters of a-z, digits and . _ @ + -, without spaces.")
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise Unusable(f"A name has 1 to {MAX_NAME} characters.")
    password = password_of()
    _demand_strong(password, parts, login, name)
    key = new_totp_key(secrets.token_bytes)
    staff = Staff(
        id=StaffId(parts.service.new_id("stf")),
        login=login,
        name=name,
        role=role,
        password_hash=parts.service.passwords.hashed(password),
        totp_secret=key.secret.reveal(),
        created_at=parts.service.clock(),
    )
    return staff, key


def show_enrolment(parts: Parts, staff: Staff, key: TotpKey) -> None:
    """Everything an authenticator app needs, for the one time that it is shown."""
    uri = provisioning_uri(key, issuer=parts.service.company, name=staff.login)
    show_qr(uri)
    say(f"Sign-in name  {staff.login}")
    say(f"Role          {staff.role}")
    say(f"Secret        {totp_secret_text(key).reveal()}")
    say(f"Address       {uri.reveal()}")
    say("Scan the code, or type the secret into an authenticator app. It is not shown again.")


def _demand_strong(password: Secret[str], parts: Parts, login: str, name: str) -> None:
    """Staff always sign in with a second factor too (N-PWD-01, A-13)."""
    words = context_words(parts.service.company, "Rightful", login, name)
    try:
        against = objections(password, within_mfa=True, context=words, blocklist=parts.service.blocklist)
    except ValueError:
        raise Unusable("A password is Unicode text.") from None
    if against:
        raise Unusable(" ".join(_AGAINST[one] for one in against))
