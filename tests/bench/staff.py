"""Agents who are signed in already: what stands before the moment that is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_bytes

from services.app import Parts
from services.domain.staff import StaffSession
from services.secret import Secret
from services.usecases import cases
from services.vocabulary import Channel
from tests.support.world import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """An agent, and the token of their session."""

    person: Person
    token: str


def signed_in(parts: Parts, people: Sequence[Person]) -> list[SignedIn]:
    """A session for each, as signing in would have made it."""
    now = parts.service.clock()
    with parts.storage.changing() as work:
        team = []
        for person in people:
            token = Secret(token_bytes(32).hex())
            digest = work.token_digest(token)
            work.sessions.put(
                StaffSession(
                    id=parts.service.new_id("ses"),
                    token_digest=digest,
                    staff_id=person.staff.id,
                    started_at=now,
                    seen_at=now,
                )
            )
            team.append(SignedIn(person=person, token=token.reveal()))
    return team


def open_cases(parts: Parts, agent: SignedIn, count: int) -> list[str]:
    """Ids of so many new cases without an account."""
    staff = agent.person.staff
    with parts.storage.changing() as work:
        opened = [cases.open_case(parts.service, work, staff, Channel.PHONE, "T-1042") for _ in range(count)]
    return [case.id for case in opened]
