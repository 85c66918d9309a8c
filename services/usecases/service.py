"""What every use case has at hand: built once, by the composition root."""

from dataclasses import dataclass
from datetime import datetime

from services.domain.identifiers import Spellings
from services.domain.ids import RANDOM_OCTETS, id_of
from services.domain.policy import Policy
from services.domain.staff import Roles
from services.secret import Secret
from services.usecases.ports import Blocklist, Clock, Messenger, Passwords, Randomness, Storage, Texts

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""For case numbers: nothing that sounds or looks like something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The service's parts, and the settings that use cases read."""

    storage: Storage
    clock: Clock
    randomness: Randomness
    policy: Policy
    roles: Roles
    policy_digest: str
    """Of the files that policy and roles were read from."""
    passwords: Passwords
    blocklist: Blocklist
    texts: Texts
    messenger: Messenger
    spellings: Spellings
    company: str
    public_url: str
    """Where customers' links lead: from the settings, never from a request (C-FP-04)."""

    def new_id(self, prefix: str) -> str:
        """An id that sorts by when it was made: 48 bits of milliseconds, 80 random bits."""
        return id_of(prefix, self.clock(), self.randomness.octets(RANDOM_OCTETS))

    def new_case_number(self) -> str:
        """A case number for people: eight characters, read out in two groups."""
        letters = "".join(_ALPHABET[self.randomness.below(len(_ALPHABET))] for _ in range(8))
        return f"{letters[:4]}-{letters[4:]}"

    def link_to(self, token: Secret[str]) -> Secret[str]:
        """The address of a customer's page."""
        return Secret(f"{self.public_url}/c/{token.reveal()}")


def minutes_until(moment: datetime, now: datetime) -> int:
    """Whole minutes left, rounded up; at least one."""
    return max(1, -(-int((moment - now).total_seconds()) // 60))
