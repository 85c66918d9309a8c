"""Owners of accounts as a portal exports them, with everything that only they know."""

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.domain.one_time import TotpKey, new_totp_key, recovery_codes
from services.secret import Secret
from services.storage.password_hashing import PasswordHashing

SURNAME = "Wrzesniewska"
DOMAIN = "canary-postbox.example"
USER_NAME = "canary.user"
PHONE = "7700900"
"""They stand nowhere but in personal data, so that one search finds anybody's."""
LONG_AGO = "2019-05-04T10:00:00Z"
_hashing = PasswordHashing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """One owner of an account."""

    nth: int
    has_app: bool = False
    """Whether an authenticator app is bound, with this key."""
    key: TotpKey = field(default_factory=lambda: new_totp_key(secrets.token_bytes))
    code: Secret[str] = field(default_factory=lambda: recovery_codes(secrets.token_bytes, 1)[0])
    """A saved recovery code."""

    @property
    def name(self) -> str:
        """First name and surname."""
        return f"Amara {SURNAME} {self.nth}"

    @property
    def number(self) -> str:
        """The customer number."""
        return f"RC{7_040_000 + self.nth}"

    @property
    def phone(self) -> str:
        """In E.164; nobody has such a number."""
        return f"+44{PHONE}{self.nth:03}"

    @property
    def email(self) -> str:
        """The address."""
        return f"amara{self.nth}@{DOMAIN}"

    def spelt(self, way: int) -> str:
        """One of the ways in which callers say who they are."""
        ways = (
            self.email,
            f" Amara <AMARA{self.nth}@{DOMAIN.title()}>",
            f"07700 900{self.nth:03}",
            f"+44 (0)7700 900-{self.nth:03}",
            f"0044 {PHONE[:4]} {PHONE[4:]}{self.nth:03}",
            self.number,
            f"{self.number[:2].lower()} {self.number[2:5]}-{self.number[5:]}",
            self.number[2:],
            f"{USER_NAME.upper()}{self.nth}",
        )
        return ways[way % len(ways)]

    def row(self) -> dict[str, Any]:
        """The account as a line of JSON Lines."""
        salt = secrets.token_bytes(16)
        unchanged = {"verified_at": LONG_AGO, "changed_at": LONG_AGO}
        return {
            "customer_number": self.number,
            "name": self.name,
            "username": f"{USER_NAME}{self.nth}",
            "created_at": LONG_AGO,
            "contacts": [
                {"kind": "phone", "value": self.phone, "sim_swap": "no", **unchanged},
                {"kind": "email", "value": self.email, **unchanged},
            ],
            "authenticators": [self._app()] if self.has_app else [],
            "devices": [{"label": f"{self.name}'s computer", "seen_at": LONG_AGO}],
            "recovery_codes": {
                "salt": salt.hex(),
                "digests": [_hashing.code_digest(salt, self.code).hex()],
                "issued_at": LONG_AGO,
            },
        }

    def _app(self) -> dict[str, str]:
        label = f"{self.name}'s phone"
        return {"kind": "totp", "label": label, "secret": _base32(self.key), "bound_at": LONG_AGO}


def write(owners: Sequence[Owner], file: Path) -> None:
    """Write the export."""
    file.write_text("".join(f"{json.dumps(owner.row())}\n" for owner in owners), encoding="utf-8")


def _base32(key: TotpKey) -> str:
    return base64.b32encode(key.secret.reveal()).decode()
