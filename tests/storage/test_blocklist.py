"""The list of common passwords is whole, in the form it is compared in, and says where it comes from (A-11)."""

import unicodedata
import zlib
from pathlib import Path

import pytest

from resources import __file__ as resources
from services.domain.password import objections
from services.secret import Secret
from services.storage.blocklist import COMMON, blocklist
from services.vocabulary import Objection

FOLDER = Path(resources).parent / "policy" / "blocklist"


@pytest.fixture(scope="module")
def listed() -> frozenset[str]:
    return blocklist()


def test_it_holds_as_many_as_its_origin_says(listed: frozenset[str]) -> None:
    said = (FOLDER / "README.md").read_text()
    assert f"{len(listed):,} lines" in said
    assert len(listed) >= 30_000
    assert "MIT" in said
    assert "Permission is hereby granted" in (FOLDER / "LICENSE.zxcvbn").read_text()


def test_every_entry_is_in_the_form_it_is_compared_in(listed: frozenset[str]) -> None:
    assert all(word == unicodedata.normalize("NFC", unicodedata.normalize("NFC", word).casefold()) for word in listed)
    assert "" not in listed


@pytest.mark.parametrize(
    "password", ["password", "12345678", "iloveyou", "Qwertyuiop", "elephant", "elizabeth", "trustno1"]
)
def test_what_everybody_chooses_is_refused(listed: frozenset[str], password: str) -> None:
    assert Objection.PASSWORD_LISTED in objections(Secret(password), within_mfa=True, context=(), blocklist=listed)


def test_a_passphrase_of_listed_words_is_accepted(listed: frozenset[str]) -> None:
    password = Secret("elephant password elizabeth")
    assert objections(password, within_mfa=False, context=(), blocklist=listed) == ()


def test_a_cut_list_is_not_a_shorter_list(tmp_path: Path) -> None:
    cut = tmp_path / "cut.gz"
    cut.write_bytes(COMMON.read_bytes()[:-2000])
    with pytest.raises((EOFError, zlib.error)):
        blocklist(cut)
