"""Accounts from a Keycloak realm export: its users, streamed, with what their credentials say.

Source: the export that `kc.sh export --realm NAME` writes (Keycloak 26), and Keycloak's UserRepresentation,
CredentialRepresentation and OTPCredentialModel.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from services.importing.lines import opened
from services.importing.record import Bad, NotImportable, Raw
from services.importing.values import TOO_NESTED, is_nested
from services.vocabulary import AuthenticatorKind, ContactKind

READ_BYTES = 65_536
PERMANENT_LOCKOUT = "permanentLockout"
"""What the attribute `disabledReason` says when guessing, and not an administrator, disabled the user."""
PASSKEYS = frozenset({"webauthn", "webauthn-passwordless"})
RECOVERY_CODES = "recovery-authn-codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """Which of a realm's own attributes hold what Keycloak has no field for."""

    customer_number: str = "customerNumber"
    """If a user has none, Keycloak's own id of the user stands in: unique and lasting, and nobody can say it."""
    phone: str = "phoneNumber"
    phone_verified: str = "phoneNumberVerified"
    privileged: str = "privileged"


class RealmExport:
    """Users of a realm export, one at a time, whatever the size of the realm."""

    def __init__(
        self,
        path: Path,
        exported_at: datetime,
        attributes: Attributes | None = None,
        unchanged_since: datetime | None = None,
    ) -> None:
        """Open the file. *exported_at* is when what it says was so.

        Keycloak does not say when an address was verified: at *unchanged_since*, if the operator vouches for it.

        Raises:
            NotImportable: If it cannot be read, or is not the export of one realm.
        """
        self._file: BinaryIO = opened(path)
        self.size = path.stat().st_size
        self._path, self._at, self._attributes = path, exported_at, attributes or Attributes()
        self._verified_at = (unchanged_since or exported_at).isoformat()
        start = self._file.read(READ_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        self._file.seek(0)
        if start != b"{":
            self._file.close()
            raise NotImportable(f"{path} is not the export of one realm; write it with: kc.sh export --realm NAME")

    @property
    def position(self) -> int:
        """Bytes read."""
        return self.size if self._file.closed else self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def rows(self) -> Iterator[Raw | Bad]:
        """Every user who is a person, numbered from 1.

        Raises:
            NotImportable: If there are no users in the file.
        """
        number = 0
        with self._file:
            try:
                for number, user in enumerate(ijson.items(self._file, "users.item", use_float=True), 1):
                    row = self._row(number, user)
                    if row is not None:
                        yield row
            except (ijson.JSONError, UnicodeDecodeError, ValueError):
                yield Bad(number + 1, "the file is not JSON from here on, and nothing after it was read.")
                return
        if number == 0:
            raise NotImportable(f"{self._path} holds no users: an export from the admin console leaves them out.")

    def _row(self, number: int, user: Any) -> Raw | Bad | None:
        if not isinstance(user, dict):
            return Bad(number, "it is not an object with fields.")
        if user.get("serviceAccountClientId"):
            return None
        notes: list[str] = []
        try:
            fields = self._fields(user, notes)
        except RecursionError:
            return Bad(number, TOO_NESTED)
        except (TypeError, ValueError, AttributeError, OverflowError):
            return Bad(number, "it is not a user as Keycloak exports them.")
        if is_nested(fields):
            return Bad(number, TOO_NESTED)
        stands_in = not self._attribute(user, self._attributes.customer_number)
        return Raw(number, fields, tuple(notes), stands_in)

    def _fields(self, user: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
        names = [str(user.get(part) or "").strip() for part in ("firstName", "lastName")]
        username = str(user.get("username") or "") or None
        authenticators = [
            bound for one in user.get("credentials") or () if (bound := self._authenticator(one, notes)) is not None
        ]
        return {
            "customer_number": self._attribute(user, self._attributes.customer_number) or user.get("id"),
            "name": " ".join(name for name in names if name) or username,
            "username": username,
            "privileged": self._attribute(user, self._attributes.privileged) or "no",
            "created_at": _moment(user.get("createdTimestamp")),
            "contacts": self._contacts(user),
            "authenticators": authenticators,
        } | self._disabled(user)

    def _contacts(self, user: Mapping[str, Any]) -> list[dict[str, Any]]:
        verified = {
            ContactKind.EMAIL: user.get("emailVerified") is True,
            ContactKind.PHONE: (self._attribute(user, self._attributes.phone_verified) or "").lower() == "true",
        }
        values = [(ContactKind.EMAIL, user.get("email"))]
        values += [(ContactKind.PHONE, one) for one in self._every(user, self._attributes.phone)]
        return [
            {"kind": kind, "value": value, "verified_at": self._verified_at if verified[kind] else None}
            for kind, value in values
            if value
        ]

    def _authenticator(self, credential: Mapping[str, Any], notes: list[str]) -> dict[str, Any] | None:
        kind = credential.get("type")
        bound = {"label": credential.get("userLabel"), "bound_at": _moment(credential.get("createdDate"))}
        if kind in PASSKEYS:
            return {"kind": AuthenticatorKind.PASSKEY, **bound}
        if kind == "otp":
            return {"kind": AuthenticatorKind.TOTP, **bound, **_otp(credential)}
        if kind == RECOVERY_CODES:
            notes.append("its recovery codes are hashed in Keycloak's way, and were left out: have new ones issued.")
        return None

    def _disabled(self, user: Mapping[str, Any]) -> dict[str, Any]:
        """A user whom guessing locked out is locked; one whom somebody disabled is frozen, until a person decides."""
        disabled = {"locked_at": None, "frozen_at": None}
        if user.get("enabled", True):
            return disabled
        is_locked = self._attribute(user, "disabledReason") == PERMANENT_LOCKOUT
        return disabled | {"locked_at" if is_locked else "frozen_at": self._at.isoformat()}

    def _attribute(self, user: Mapping[str, Any], name: str) -> str | None:
        return next(iter(self._every(user, name)), None)

    def _every(self, user: Mapping[str, Any], name: str) -> list[str]:
        held = (user.get("attributes") or {}).get(name) or []
        return [str(one) for one in (held if isinstance(held, list) else [held]) if one]


def _otp(credential: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, and the secret in base 32. Keycloak's secret is the octets of a text, unless it says otherwise."""
    settings = json.loads(credential.get("credentialData") or "{}")
    secret = json.loads(credential.get("secretData") or "{}").get("value")
    if settings.get("subType", "totp") != "totp":
        return {"period": 0}
    if secret and not settings.get("secretEncoding"):
        secret = base64.b32encode(secret.encode()).decode()
    return {
        "secret": secret,
        "algorithm": str(settings.get("algorithm", "HmacSHA1")).removeprefix("Hmac"),
        "digits": settings.get("digits", 6),
        "period": settings.get("period", 30),
    }


def _moment(milliseconds: Any) -> str | None:
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC).isoformat()
