"""Whatever nobody foresaw: told to the operator without what nobody may read, and to each person in their own way."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tests.support.http import Site

TOKEN, VALUE = "t0ken-of-a-link", "a secret value"


Within = Callable[[], AbstractContextManager[Any]]


def break_at(site: Site, path: str, error: Exception, within: Within = nullcontext) -> None:
    """A route that breaks, in a transaction or in none."""

    @site.app.get(path)
    def bug(token: str) -> None:
        with within():
            raise error


@pytest.mark.logs_warning("reference")
def test_the_log_tells_where_it_broke_and_not_with_what(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Invariant 14: an address may hold a link's token, and an error's words a value that somebody sent."""
    break_at(site, "/broken/{token}", ValueError(VALUE))
    reference = site.request("GET", f"/broken/{TOKEN}").json()["reference"]
    assert f"reference {reference}: ValueError at GET /broken/{{token}}" in caplog.text
    assert "test_last_resort.py" in caplog.text
    assert TOKEN not in caplog.text
    assert VALUE not in caplog.text


@pytest.mark.logs_warning("the database does not answer: database or disk is full (SQLITE_FULL)")
def test_a_database_that_does_not_answer_is_worth_another_try(site: Site) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"
    break_at(site, "/full/{token}", OperationalError("INSERT", {}, full), site.world.storage.changing)
    answer = site.request("GET", f"/full/{TOKEN}")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


@pytest.mark.logs_warning("reference")
def test_an_owner_gets_a_page_with_the_number(site: Site) -> None:
    break_at(site, "/c/broken/{token}", ValueError(VALUE))
    answer = site.request("GET", f"/c/broken/{TOKEN}")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert VALUE not in answer.text


@pytest.mark.logs_warning("the database does not answer: OperationalError")
def test_an_owner_may_try_again_in_a_minute(site: Site) -> None:
    error = OperationalError("INSERT", {}, sqlite3.OperationalError())
    break_at(site, "/c/full/{token}", error, site.world.storage.reading)
    answer = site.request("GET", f"/c/full/{TOKEN}")
    assert answer.status_code == 503
    assert "Please try again in a minute" in answer.text
