"""A secret hides itself wherever text is made (C-LOG-03)."""

import copy
import json
import pickle
import traceback
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.secret import HIDDEN, Secret, revealed

CANARY = "canary-7431"


@dataclass(frozen=True)
class Holder:
    password: Secret[str]


def test_every_way_to_make_text_of_it_hides_it() -> None:
    secret = Secret(CANARY)
    texts = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", repr(Holder(secret))]
    assert all(CANARY not in text for text in texts)
    assert repr(secret) == HIDDEN
    assert CANARY not in str(Secret(CANARY.encode()))


def test_it_hides_in_a_traceback() -> None:
    with pytest.raises(ValueError, match="hidden") as caught:
        raise ValueError(Secret(CANARY))
    assert CANARY not in "".join(traceback.format_exception_only(caught.value))


def test_it_has_no_attributes_to_dump() -> None:
    with pytest.raises(TypeError):
        vars(Secret(CANARY))
    with pytest.raises(TypeError):
        json.dumps(Secret(CANARY))


@pytest.mark.parametrize("copying", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_neither_pickled_nor_copied(copying: object) -> None:
    assert callable(copying)
    with pytest.raises(TypeError, match="neither pickled nor copied"):
        copying(Secret(CANARY))


def test_it_has_no_hash() -> None:
    with pytest.raises(TypeError):
        hash(Secret(CANARY))


@given(st.text(), st.text(), st.binary())
def test_it_is_equal_to_a_secret_of_the_same_value_and_kind_only(one: str, other: str, octets: bytes) -> None:
    assert Secret(one) == Secret(one)
    assert (Secret(one) == Secret(other)) is (one == other)
    assert Secret(octets) == Secret(octets)
    assert Secret[str](one) != Secret[bytes](one.encode("utf-8", "surrogatepass"))
    assert Secret(one) != one


def test_revealed_takes_both() -> None:
    assert revealed("plain") == revealed(Secret("plain")) == "plain"
