"""What no file of the project may say."""

import re

from tests.architecture.source import report, texts

HOSTS = re.compile(
    r"(p[y]pi|p[y]thonhosted|n[p]mjs|d[e]bian)[.]org|m[a]ven[.](org|apache)|registry[.]n[p]m|files[.]p[y]thonhosted"
)
"""Package indexes: which of them to use is the affair of whoever installs."""

MACHINE = re.compile(r"""(?<![\w.-])/(work|root|farm)/|/home/(?!agent\b)\w+/|[A-Z]:\\Users\\""")
"""Folders that exist on one machine only."""

UNFINISHED = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X|H[A]CK|W[I]P|t[b]d)\b")
"""Marks of work put off."""

WORDS = {
    r"\b(black|white)[ -]?list": "denied list or allowed list",
    r"\bslave\b": "replica",
    r"\bsanity[ -]check": "check",
    r"\bgrand[ -]?father": "exempt",
    r"\bdumm(y|ies)\b": "stand-in, or say what it is",
    r"\bsecurity question": "knowledge (which proves nothing)",
}
"""Words that Rightful does not use, and what it says in their place."""

UNREASONED = re.compile(r"#\s*(noqa|type:\s*ignore|pragma|fmt:\s*(off|skip))(?!.* [#-] \S+ \S+).*$")
"""A rule switched off, on a line that does not say why."""

NOT_OURS = ("LICENSE", "tests/vectors/", "requirements", "resources/fonts/")
"""Texts that others wrote."""


def matches(pattern: re.Pattern[str], leave_out: tuple[str, ...] = NOT_OURS) -> list[str]:
    """Each line that *pattern* finds, as file:line and the words found."""
    return [
        f"{path}:{number} {found.group()}"
        for path, lines in texts()
        if not path.startswith((*leave_out, "tests/architecture/test_text.py"))
        for number, line in enumerate(lines, 1)
        if (found := pattern.search(line))
    ]


def test_no_package_index_is_named() -> None:
    report(matches(HOSTS, leave_out=()), "No file names the host of a package index.")


def test_no_machine_is_named() -> None:
    report(matches(MACHINE), "No file names a folder of the machine it was written on.")


def test_nothing_is_put_off() -> None:
    report(matches(UNFINISHED), "What is not done goes into an issue.")


def test_words_are_the_words_of_the_design() -> None:
    for pattern, instead in WORDS.items():
        report(matches(re.compile(pattern, re.IGNORECASE)), f"Say {instead}.")


def test_a_rule_switched_off_says_why() -> None:
    silent = [found for found in matches(UNREASONED) if found.partition(":")[0].endswith(".py")]
    report(silent, "`noqa` and `type: ignore` are followed by ` - the reason` or `  # the reason`.")
