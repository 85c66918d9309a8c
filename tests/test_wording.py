"""Who we are to the owner, and what may stand in a sentence."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.wording import Desk, WordingError, blanks, one_line, words

DESK = Desk(company="Rightful demo", support_phone="+44 20 7946 0018", base_url="https://help.example")


@pytest.mark.parametrize(
    "url", ["https://help.example", "https://portal.example/help", "http://127.0.0.1:8080", "http://[::1]:1"]
)
def test_a_base_url_that_is_safe(url: str) -> None:
    assert replace(DESK, base_url=url).base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://help.example",
        "help.example",
        "https://",
        "https://help.example/",
        "https://help.example?x=1",
        "https://help.example#x",
        "ftp://help.example",
        "http://127.0.0.1.evil.example",
        "",
    ],
)
def test_a_base_url_that_is_not(url: str) -> None:
    with pytest.raises(ValueError, match=r"^The base URL .*\.$"):
        replace(DESK, base_url=url)


@pytest.mark.parametrize("change", [{"company": " "}, {"support_phone": ""}, {"support_phone": "call us"}])
def test_a_desk_that_cannot_be_reached(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="must be set"):
        replace(DESK, **change)  # type: ignore[arg-type]  # a test names fields as it likes


def test_a_blank_is_a_bare_name() -> None:
    assert blanks("{a} and {b_2}, {{not one}}") == {"a", "b_2"}


@pytest.mark.parametrize("text", ["{}", "{0}", "{a.b}", "{a[0]}", "{a!r}", "{a:>9}", "{a b}"])
def test_a_blank_that_reaches_for_more_is_refused(text: str) -> None:
    with pytest.raises(WordingError, match="bare name"):
        blanks(text)


@given(st.text())
def test_one_line_is_one_visible_line(value: str) -> None:
    line = one_line(value)
    assert line.splitlines() in ([line], [])
    assert line == one_line(line)
    hidden = {unicodedata.category(sign) for sign in line} & {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not hidden
    assert not set(line) & set("\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT ISOLATE}\N{ZERO WIDTH SPACE}")


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("Zoë  Müller", "Zoë Müller"),
        ("a\r\nBcc: everybody", "a Bcc: everybody"),
        ("نادية عبد", "نادية عبد"),
        ("क्\N{ZERO WIDTH JOINER}ष", "क्\N{ZERO WIDTH JOINER}ष"),
        ("so\N{SOFT HYPHEN}ft", "soft"),
    ],
)
def test_one_line_keeps_what_is_written(value: str, line: str) -> None:
    assert one_line(value) == line


def test_a_moment_says_its_zone() -> None:
    at = datetime(2026, 7, 3, 23, 5, tzinfo=UTC)
    english = words("en")
    assert english.moment(at, ZoneInfo("UTC")) == "3 July 2026, 23:05 UTC"
    assert english.moment(at, ZoneInfo("Europe/Berlin")) == "4 July 2026, 01:05 CEST"
    assert english.short_moment(at, ZoneInfo("Europe/London")) == "4 Jul 00:05 BST"
