"""Addresses below the customer's pages that lead nowhere, are only asked about, or are overtaken: always a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from services.domain.outcome import Stale
from services.usecases.ports import Storage, Work
from services.vocabulary import Event
from tests.support.at_work import Desk
from tests.support.http import Site
from tests.support.world import World

NUMBER = {"decision": "confirm", "number": "000000"}


@pytest.fixture
def page(site: Site) -> str:
    """The path of a page on which a number is typed."""
    return called(site.world)


def called(world: World) -> str:
    who = world.customer()
    assert who.phone is not None
    Desk.with_account(world, who).start(f"reverse_code:{who.phone.id}")
    return next(world.links("reverse_code_link"))


@pytest.mark.parametrize("cut", ["/c", "/c/", "{}/", "{}/more", "{}.", "/c/x", "/c//", "/c/style.css/"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_link_that_was_cut_off_says_so_in_words(site: Site, page: str, cut: str, method: str) -> None:
    """A mail program broke it in two, or took the full stop for a part of it."""
    answer = site.request(method, cut.format(page), data=NUMBER)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "It may be incomplete." in answer.text


@pytest.mark.parametrize("path", ["/", "/v1/nothing", "/cases", "/v1/c/x"])
def test_elsewhere_it_is_a_problem(site: Site, path: str) -> None:
    answer = site.request("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (404, "missing")


def test_who_only_asks_whether_a_page_is_there_has_not_opened_it(site: Site, page: str) -> None:
    """Mail scanners send HEAD: the agent must not be told that the caller has the page open."""
    before = site.world.events()
    asked = site.request("HEAD", page)
    assert (asked.status_code, asked.content) == (200, b"")
    assert site.world.events() == before
    looked = site.request("GET", page)
    assert asked.headers == looked.headers
    assert site.world.events() == [*before, Event.CHECK_OPENED]


def test_headers_alone_of_what_leads_nowhere_and_of_a_file(site: Site) -> None:
    assert site.request("HEAD", "/c/").status_code == 404
    assert site.request("HEAD", "/c/nothing").status_code == 404
    sheet = site.request("HEAD", "/c/style.css")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")


class Overtaken:
    """A storage in which somebody else is always faster."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def reading(self):  # type: ignore[no-untyped-def]  # as in the port
        return self._storage.reading()

    @contextmanager
    def changing(self) -> Iterator[Work]:
        with self._storage.changing() as work:
            yield work
            raise Stale


@pytest.fixture
def overtaken(tmp_path: Path) -> Iterator[tuple[Site, str]]:
    """A site at which nothing can be changed, and a page of it."""
    world = World(tmp_path)
    path = called(world)
    world.service = replace(world.service, storage=Overtaken(world.storage))
    site = Site(world)
    yield site, path
    site.close()
    world.close()


def test_whoever_was_overtaken_is_asked_to_try_again(overtaken: tuple[Site, str]) -> None:
    site, page = overtaken
    before = site.world.events()
    for form in (NUMBER, {"decision": "not_me"}):
        answer = site.request("POST", page, data=form)
        assert answer.status_code == 503
        assert "Please try again in a minute" in answer.text
    assert site.world.events() == before


def test_a_page_is_shown_though_somebody_else_noted_first_that_it_was_opened(overtaken: tuple[Site, str]) -> None:
    site, page = overtaken
    answer = site.request("GET", page)
    assert answer.status_code == 200
    assert "Are you talking to us now?" in answer.text
