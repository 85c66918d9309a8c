"""Server-sent events, as WHATWG HTML section 9.2 has them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sse import LONGEST_EVENT, NotEvents, Parser


def read(*pieces: bytes) -> list[str]:
    parser = Parser()
    return [data for piece in pieces for data in parser.feed(piece)]


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        (b"data: one\n\n", ["one"]),
        (b"event: case\ndata: {}\n\n", ["{}"]),
        (b"data:one\ndata: two\ndata\n\n", ["one\ntwo\n"]),
        (b"data:  two spaces\n\n", [" two spaces"]),
        (b": heartbeat\n\n:\n\n", []),
        (b"id: 7\nretry: 10\nmood: sunny\ndata: x\n\n", ["x"]),
        (b"event: case\n\ndata: x\n\n", ["x"]),
        (b"data: unfinished\n", []),
        (b"\xef\xbb\xbfdata: marked\n\n", ["marked"]),
        (b"data: a\r\n\r\ndata: b\r\r", ["a"]),
        ("data: \u2028 is not a line end\n\n".encode(), ["\u2028 is not a line end"]),
    ],
)
def test_streams_mean_what_the_standard_says(stream: bytes, said: list[str]) -> None:
    assert read(stream) == said


def test_a_carriage_return_waits_for_what_follows_it() -> None:
    assert read(b"data: b\r\r", b":") == ["b"]


LINES = st.sampled_from(["data: x", "data: é", "data", "event: case", ": beat", "", "id: 1", "data:  y"])


@given(st.lists(LINES), st.sampled_from(["\n", "\r\n", "\r"]), st.lists(st.integers(0, 200)))
def test_however_a_stream_is_cut_it_says_the_same(lines: list[str], end: str, cuts: list[int]) -> None:
    stream = (end.join([*lines, "", ""])).encode() + b":"
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(places)]
    assert read(*pieces) == read(stream)


@pytest.mark.parametrize("endless", [b"x" * 1000, b"data: x\n" * 1000])
def test_an_event_without_end_is_refused(endless: bytes) -> None:
    with pytest.raises(NotEvents):
        read(*[endless] * (LONGEST_EVENT // 500))
