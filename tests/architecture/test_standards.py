"""Codes of standards: whoever meets one in the code finds it in `docs/standards.md`, and finds nothing else there."""

import re

from tests.architecture.source import report, texts

PAGE = "docs/standards.md"

CODE = re.compile(r"(?<![\w-])(?:N-[A-Z]{3}-\d{2}|C-[A-Z]{2,4}-\d{2}|AC-\d|[ALOX]-\d{2})(?![\w-])")
"""A family that is known, and a number of its width: neither `AES-256` nor a case's number."""

ELSEWHERE = re.compile(r"\b(standards table|conflict \d|field note|section 0)\b", re.IGNORECASE)
"""Places in papers that are not part of the project."""

NOT_OURS = ("tests/vectors/", "requirements", "resources/fonts/")
"""Texts that others wrote."""


def cited() -> dict[str, str]:
    """Every code that anything but the page names, and where it is first met."""
    found: dict[str, str] = {}
    for path, lines in texts():
        if path != PAGE and not path.startswith(NOT_OURS):
            for number, line in enumerate(lines, 1):
                for code in CODE.findall(line):
                    found.setdefault(code, f"{path}:{number} {code}")
    return found


def rows() -> list[list[str]]:
    """The rows of the page: code, source, sentence."""
    lines = next(lines for path, lines in texts() if path == PAGE)
    table = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("|")]
    return [row for row in table if row[0] != "code" and set(row[0]) != {"-", "|"}]


def test_every_code_is_looked_up_in_the_page_and_every_row_is_needed() -> None:
    places, told = cited(), [row[0] for row in rows()]
    assert len(places) > 100, "a test that finds nothing proves nothing"
    report([place for code, place in sorted(places.items()) if code not in told], f"{PAGE} has a row for each code.")
    report([code for code in told if code not in places], f"{PAGE} has no row for what nothing names.")
    report([code for code in told if told.count(code) > 1], "A code means one thing.")


def test_each_row_is_one_sentence_with_its_source() -> None:
    wrong = [
        " | ".join(row)
        for row in rows()
        if len(row) != 3
        or not CODE.fullmatch(row[0])
        or not row[1]
        or not re.fullmatch(r"[A-Z].*[^.]\.", row[2])
        or re.search(r"[.!?] [A-Z]", row[2])
    ]
    report(wrong, "A row is a code, where the rule is printed, and one sentence.")


def test_nothing_is_looked_up_in_papers_that_are_not_here() -> None:
    found = [
        f"{path}:{number} {lost.group()}"
        for path, lines in texts()
        if not path.startswith((*NOT_OURS, "tests/architecture/test_standards.py"))
        for number, line in enumerate(lines, 1)
        if (lost := ELSEWHERE.search(line))
    ]
    report(found, "A reference leads to something that a reader of the project has.")
