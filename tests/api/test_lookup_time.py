"""A look-up that finds nobody does what one does that finds somebody: its time tells nothing (A-17, invariant 2)."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tests.support.http import Caller, Site

ROUND_THE_CORNER = "SELECT contact_points.account_id FROM contact_points ORDER BY"
"""Asked as well when what was typed lies behind every keyed index: a matter of the words, not of the answer."""


@contextmanager
def statements(site: Site) -> Iterator[list[str]]:
    """Everything asked of the database, in order, with the values left out."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        words = " ".join(statement.split())
        if not words.startswith(ROUND_THE_CORNER):
            asked.append(words)

    engine = site.world.parts.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def look_up(caller: Caller, query: str) -> tuple[list[str], str]:
    """What a look-up asks of the database, and its result."""
    case = caller.open_case()
    with statements(caller.site) as asked:
        card = caller.post(f"/cases/{case['id']}/lookup", {"query": query}).json()
    return asked, card["lookup"]


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ("amara1@postbox.example", "nobody@postbox.example"),
        ("07700900001", "07700900777"),
        ("amara1", "nobody1"),
        ("RC0000001", "RC0000777"),
    ],
)
def test_a_miss_does_the_work_of_a_hit(site: Site, known: str, unknown: str) -> None:
    """Statement by statement, in the same order."""
    site.world.customer(totp=True, codes=True)
    caller = site.sign_in(site.world.person())
    look_up(caller, unknown)  # the agent's first look-up of the hour opens their budget
    hit, found = look_up(caller, known)
    miss, nothing = look_up(caller, unknown)
    assert (found, nothing) == ("matched", "no_match")
    assert miss == hit


def test_a_miss_shows_nothing_of_the_account_it_borrows(site: Site) -> None:
    """The card that was made of somebody else's account is thrown away."""
    who = site.world.customer(totp=True, codes=True)
    caller = site.sign_in(site.world.person())
    card = caller.open_case("nobody@postbox.example")
    assert card["account"] is None
    assert not card["methods"]
    assert not card["actions"]
    assert who.account.id not in str(card)
    assert who.account.customer_number not in str(card)
