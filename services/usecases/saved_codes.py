"""New recovery codes for an owner: drawn and hashed beforehand, put in the place of the old ones with what they did."""

from dataclasses import dataclass, field
from datetime import datetime

from services.domain.account import RecoveryCodes
from services.domain.one_time import recovery_codes
from services.secret import Secret
from services.usecases.links import Opened, note
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A set of codes that nobody has seen, and what is stored of it."""

    codes: tuple[Secret[str], ...]
    """In canonical form: `one_time.grouped` shows them."""
    salt: bytes = field(repr=False)
    digests: tuple[bytes, ...] = field(repr=False)


def draw(service: Service) -> Drawn:
    """A new set. Every code is hashed, which is slow: outside any changing transaction."""
    salt, codes = service.randomness.octets(16), recovery_codes(service.randomness.octets)
    return Drawn(codes=codes, salt=salt, digests=tuple(service.passwords.code_digest(salt, one) for one in codes))


def replace(service: Service, work: Work, opened: Opened, drawn: Drawn, now: datetime) -> None:
    """Put a set in the place of whatever the account had, on record (N-REC-05)."""
    account = opened.dossier.account.id
    codes = RecoveryCodes(id=account, salt=drawn.salt, digests=drawn.digests, issued_at=now)
    work.directory.replace_recovery_codes(codes)
    note(service, work, opened, Event.RECOVERY_CODES_REPLACED)
