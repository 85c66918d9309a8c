"""Which passwords are refused: N-PWD-01 to N-PWD-05, A-11."""

import string
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.domain.password import MAX, MIN_ALONE, MIN_WITHIN_MFA, context_words, normalised, objections
from services.secret import Secret
from services.vocabulary import Objection

LISTED = frozenset({"password", "correcthorsebatterystaple", "dragon", "straße".casefold(), "iloveyou"})
CONTEXT = context_words("Rightful", "Amara Okafor", "amarao", "amara.okafor@postbox.example")
SHORT, LONG = Objection.PASSWORD_TOO_SHORT, Objection.PASSWORD_TOO_LONG
IS_LISTED, IS_CONTEXT = Objection.PASSWORD_LISTED, Objection.PASSWORD_IS_CONTEXT
letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def found(password: str, *, within_mfa: bool = True) -> tuple[Objection, ...]:
    return objections(Secret(password), within_mfa=within_mfa, context=CONTEXT, blocklist=LISTED)


def unguessable(length: int) -> str:
    """So many code points that no rule knows."""
    return ("kfzhwq ovtxjbu-dmnyrg. " * 20)[:length]


@pytest.mark.parametrize(
    ("length", "within_mfa", "expected"),
    [
        (MIN_ALONE - 1, False, (SHORT,)),
        (MIN_ALONE, False, ()),
        (MIN_WITHIN_MFA - 1, True, (SHORT,)),
        (MIN_WITHIN_MFA, True, ()),
        (64, False, ()),
        (MAX, False, ()),
        (MAX + 1, False, (LONG,)),
        (0, True, (SHORT,)),
    ],
)
def test_length(length: int, within_mfa: bool, expected: tuple[Objection, ...]) -> None:
    """N-PWD-01 at its boundaries, N-PWD-02 above 64."""
    assert found(unguessable(length), within_mfa=within_mfa) == expected


def test_the_standard_fixes_the_least_lengths() -> None:
    assert (MIN_ALONE, MIN_WITHIN_MFA) == (15, 8)
    assert MAX >= 64


def test_code_points_are_counted_after_composing() -> None:
    """N-PWD-02: eight accented letters are eight, however they were typed; an emoji is one."""
    decomposed = unicodedata.normalize("NFD", "éèüñöçåâ")
    assert len(decomposed) == 16
    assert found(decomposed) == ()
    assert found(unicodedata.normalize("NFD", "éèüñöçå")) == (SHORT,)
    assert found("🐘🦒🐆🦓🦏🐊🐪🦛") == ()


@pytest.mark.parametrize(
    "password",
    ["qmzvtkphwd", "QMZVTKPHWD", "7291650384", "!$%&/()=?§", "mit leerzeichen", "  two spaces  ", "пароль-слон"],
)
def test_no_kind_of_character_is_asked_for_or_forbidden(password: str) -> None:
    """N-PWD-03: no composition rules."""
    assert found(password) == ()


@given(letters)
def test_every_printing_character_is_allowed(text: str) -> None:
    """Whatever is refused is refused for its length or for being known, and the reason is always one of the four."""
    assert set(found(text)) <= {SHORT, LONG, IS_LISTED, IS_CONTEXT}


@pytest.mark.parametrize("password", ["password", "PASSWORD", "PassWord", "CorrectHorseBatteryStaple", "iLoveYou"])
def test_a_listed_password_is_refused_in_any_case(password: str) -> None:
    assert found(password) == (IS_LISTED,)


def test_a_short_listed_one_has_both_reasons() -> None:
    assert found("dragon") == (SHORT, IS_LISTED)


@given(st.sampled_from(sorted(LISTED)), st.text(string.ascii_lowercase, min_size=1), st.text(string.ascii_letters))
def test_containing_a_listed_word_is_allowed(word: str, before: str, after: str) -> None:
    """N-PWD-05: the ENTIRE password is compared."""
    password = f"{before} {word}{after}"
    assert IS_LISTED not in found(password)


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaa",
        "123123123123123",
        "abcabcabcabcabca",
        "passwordpassword",
        "DragonDragonDragon",
        "12345678901234567890",
        "abcdefghijklmnop",
        "ponmlkjihgfedcba",
        "qwertyuiopasdfghj",
        "1qaz2wsx3edc4rfv",
        "9876543210987654",
    ],
)
def test_what_anybody_expects_is_as_good_as_listed(password: str) -> None:
    assert found(password, within_mfa=False) == (IS_LISTED,)


@pytest.mark.parametrize(
    "password", ["abcdefghijklmnop horse", "dragonpasswordhorse", "elephantelephanz", "x12345678901234"]
)
def test_a_row_with_anything_else_in_it_is_not(password: str) -> None:
    assert found(password, within_mfa=False) == ()


@pytest.mark.parametrize(
    "password",
    [
        "rightful",
        "Rightful2027!",
        "!!rightful!!",
        "rightful-rightful",
        "Amara.Okafor",
        "amara okafor 99",
        "AMARA.OKAFOR@postbox.example",
        "amarao123456",
        "RightfulAmara1",
        "okafor-amara-27",
    ],
)
def test_a_context_word_and_its_obvious_derivatives_are_refused(password: str) -> None:
    assert found(password) == (IS_CONTEXT,)


@pytest.mark.parametrize(
    "password",
    [
        "rightful elephant",
        "my rightful place",
        "amara likes mangoes",
        "rightful 7291650384",
        "xamaraox",
        "okafors-house",
    ],
)
def test_containing_a_context_word_is_allowed(password: str) -> None:
    assert found(password) == ()


@given(st.sampled_from(sorted(CONTEXT)), st.text(string.ascii_lowercase, min_size=8, max_size=20))
def test_a_context_word_beside_any_other_word_is_allowed(word: str, other: str) -> None:
    assume(not any(known in f"{word} {other}".replace(word, " ", 1) for known in CONTEXT))
    assert IS_CONTEXT not in found(f"{word} {other}")


def test_short_context_words_do_not_eat_passwords() -> None:
    context = context_words("li", "al")
    assert objections(Secret("al-li-al-li-al"), within_mfa=True, context=context, blocklist=()) == ()
    assert objections(Secret("li"), within_mfa=True, context=context, blocklist=()) == (SHORT, IS_CONTEXT)


def test_context_words_are_the_names_their_words_and_the_local_part() -> None:
    words = context_words("Amara  Okafor", "A.Okafor@Postbox.example", "", "  ")
    assert words == {"amara  okafor", "amara", "okafor", "a.okafor@postbox.example", "a.okafor"}


@given(letters, letters)
def test_nothing_is_cut(start: str, end: str) -> None:
    """N-PWD-04: the whole password is kept."""
    assert normalised(Secret(start + end)).reveal() == unicodedata.normalize("NFC", start + end)


def test_what_is_no_text_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match="Unicode text") as caught:
        found("canary\ud800canary")
    assert "canary" not in str(caught.value)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.booleans())
def test_more_length_is_never_asked_for_within_mfa(text: str, within_mfa: bool) -> None:
    assert set(found(text, within_mfa=True)) <= set(found(text, within_mfa=False))
    assert (IS_LISTED in found(text, within_mfa=within_mfa)) is (IS_LISTED in found(text))
