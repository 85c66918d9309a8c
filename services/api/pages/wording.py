"""The sentences of the customer's pages, by key; what fills their blanks cannot become markup."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from services.wording import Desk, WordingError, blanks, one_line, read


class Sentences:
    """The sentences of one language, with the company's name and telephone number at hand."""

    def __init__(self, desk: Desk) -> None:
        """Read the desk's language.

        Raises:
            WordingError: If there are no sentences in it, or one has a blank that is not a bare name.
        """
        self._said = dict(_flatten(read(desk.language, "pages")))
        self._always: dict[str, object] = {"company": isolated(desk.company), "phone": telephone(desk.support_phone)}
        for text in self._said.values():
            blanks(text)

    @property
    def keys(self) -> frozenset[str]:
        """Every key, such as `reverse.title` or `end.used.lines.0`."""
        return frozenset(self._said)

    def say(self, key: str, **values: object) -> Markup:
        """The sentence *key*, escaped, each value apart from the direction of the text around it.

        Raises:
            WordingError: If there is no such sentence, or a blank has no value.
        """
        if key not in self._said:
            raise WordingError(f"No page has the sentence {key!r}.")
        try:
            return filled(self._said[key], self._always | values)
        except KeyError as missing:
            raise WordingError(f"The sentence {key!r} needs {missing}.") from None

    def lines(self, key: str, **values: object) -> tuple[Markup, ...]:
        """The paragraphs of a list of sentences, in order; empty when there is none."""
        keys = sorted((k for k in self._said if k.startswith(f"{key}.")), key=lambda k: int(k.rpartition(".")[2]))
        return tuple(self.say(line, **values) for line in keys)


def filled(sentence: str, values: Mapping[str, object]) -> Markup:
    """A sentence with its blanks filled. The sentence itself is text too, never markup; only a `Markup` value is.

    Raises:
        KeyError: If a blank has no value.
    """
    safe = {name: value if isinstance(value, Markup) else isolated(str(value)) for name, value in values.items()}
    return escape(sentence).format(**safe)


def isolated(value: str) -> Markup:
    """A value from outside: on one line, escaped, and unable to turn the direction of its neighbours."""
    return Markup("<bdi>{}</bdi>").format(one_line(value))


def whole(value: str) -> Markup:
    """A value like `isolated`, which goes to the next line rather than breaking: a case number."""
    return Markup('<bdi class="whole">{}</bdi>').format(one_line(value))


def telephone(number: str) -> Markup:
    """A telephone number that can be tapped. Written left to right in every language."""
    dialled = "".join(
        character for character in number if character.isascii() and (character.isdigit() or character == "+")
    )
    return Markup('<a class="phone" dir="ltr" href="tel:{}">{}</a>').format(dialled, one_line(number))


def _flatten(table: Mapping[str, Any], path: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{path}{name}"
        if isinstance(value, dict):
            found += _flatten(value, f"{key}.")
        elif isinstance(value, list):
            found += [(f"{key}.{index}", line) for index, line in enumerate(value)]
        else:
            found.append((key, value))
    return found
