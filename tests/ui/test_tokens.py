"""Every contrast ratio of every theme, recomputed from the tokens (WCAG 2.2 1.4.3, 1.4.6, 1.4.11; X-04)."""

import re

import pytest

from tests.architecture.source import ROOT
from ui import tokens

TEXT, BODY, LINE = "text", "body", "line"
"""What stands on what: text needs 4.5:1, body text 7:1, lines and marks 3:1."""

MINIMUM = {
    "light": {TEXT: 4.5, BODY: 7.0, LINE: 3.0},
    "dark": {TEXT: 4.5, BODY: 7.0, LINE: 3.0},
    "contrast": {TEXT: 7.0, BODY: 7.0, LINE: 4.5},
}
"""The high-contrast theme holds all text to 7:1 (1.4.6, level AAA)."""

DATA = {"design_tokens", "tokens"}
"""Where tokens stand, and are read; what uses them stands elsewhere."""

PAIRS = (
    *((BODY, "ink", ground) for ground in ("surface", "canvas", "sunken", "raised", "hover", "press", "select")),
    *((TEXT, "ink2", ground) for ground in ("surface", "canvas", "sunken", "raised", "select", "neutral_soft")),
    *((TEXT, "ink3", ground) for ground in ("surface", "canvas", "sunken", "raised", "select")),
    *((TEXT, "on_accent", ground) for ground in ("accent", "accent_hover", "accent_press")),
    *((TEXT, "accent", ground) for ground in ("surface", "canvas", "hover")),
    *((TEXT, "accent_ink", ground) for ground in ("accent_soft", "surface")),
    *((TEXT, tone, f"{tone}_soft") for tone in ("ok", "warn", "bad", "plum")),
    *((TEXT, tone, "surface") for tone in ("ok", "warn", "bad", "plum")),
    *((TEXT, tone, "canvas") for tone in ("ok", "warn", "bad")),
    *((TEXT, tone, "select") for tone in ("ok", "warn", "bad")),
    (BODY, "ink", "accent_soft"),
    (BODY, "ink", "neutral_soft"),
    (TEXT, "on_bad", "bad"),
    (TEXT, "on_bad", "bad_hover"),
    (TEXT, "bad_hover", "bad_soft"),
    (TEXT, "rail_off", "rail"),
    (TEXT, "rail_off", "rail_hover"),
    (TEXT, "rail_on", "rail_sel"),
    (TEXT, "rail_on", "rail"),
    *((LINE, "line_strong", ground) for ground in ("surface", "sunken", "raised", "canvas")),
    *((LINE, "focus", ground) for ground in ("surface", "canvas", "sunken", "raised")),
    *((LINE, "focus_rail", ground) for ground in ("rail", "rail_sel")),
    (LINE, "bad", "surface"),
)


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB`. Source: WCAG 2.2, definition of relative luminance."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21. Source: WCAG 2.2, definition of contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


ALL = tokens.read()


def test_the_ratio_is_the_standards() -> None:
    assert ratio("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", MINIMUM)
def test_every_pair_has_its_contrast(name: str) -> None:
    colours = ALL.schemes[name].colours
    found = {(ink, ground): (ratio(colours[ink], colours[ground]), MINIMUM[name][kind]) for kind, ink, ground in PAIRS}
    short = {pair: f"{value:.2f} < {least}" for pair, (value, least) in found.items() if value < least}
    assert not short


def test_high_contrast_draws_every_line_and_exempts_no_text() -> None:
    scheme = ALL.schemes["contrast"]
    colours = scheme.colours
    assert scheme.border >= 2
    assert scheme.ring >= 3
    assert scheme.outlined
    for line in ("line", "rail_edge"):
        assert ratio(colours[line], colours["surface"]) >= 4.5
    assert ratio(colours["disabled"], colours["surface"]) >= 7.0
    assert colours["focus"] not in {value for token, value in colours.items() if not token.startswith("focus")}


def test_all_themes_have_the_same_tokens() -> None:
    tokens_of = {name: set(scheme.colours) for name, scheme in ALL.schemes.items()}
    assert set(tokens_of) == set(MINIMUM)
    assert len({frozenset(names) for names in tokens_of.values()}) == 1


def test_every_token_is_used() -> None:
    """A colour that nothing is painted in has a contrast that nobody sees."""
    said = {path for path in (*ROOT.glob("ui/**/*.py"), *ROOT.glob("resources/themes/*.qss")) if path.stem not in DATA}
    used = set(re.findall(r"\w+", " ".join(path.read_text("utf-8") for path in said)))
    tokens_of = {*ALL.schemes["light"].colours, *ALL.faces, *ALL.space, *ALL.radius, *ALL.size}
    assert not tokens_of - used


def test_no_colour_is_named_like_a_size() -> None:
    names = [set(ALL.schemes["light"].colours), set(ALL.size), {f"space_{step}" for step in ALL.space}]
    assert sum(map(len, names)) == len(set().union(*names))


def test_targets_are_large_enough() -> None:
    """WCAG 2.2 2.5.8 (X-07)."""
    assert min(ALL.size[name] for name in ("control", "control_small", "rail_item")) >= 24
