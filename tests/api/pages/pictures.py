"""The customer's pages as pictures to look at: `python -m tests.api.pages.pictures FOLDER`. Needs chromium.

Each page in light, dark and forced colours, on a phone and on a desk, with text of the usual size and of twice that.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from services.api.pages.assets import ASSETS
from services.api.pages.views import Ending, EndPage, NumberSlip, Page, ReverseCodePage, StopStage
from services.vocabulary import ActionKind
from tests.api.pages.cards import (
    AT,
    CALL,
    CODES,
    CODES_AGAIN,
    DENIABLE,
    DONE,
    ENROL,
    KEY_HIDDEN,
    KEY_SHOWN,
    PAGES,
    PASSWORD,
    PASSWORD_OBJECTIONS,
    STOP,
    STOPPED,
)

NARROWEST_WINDOW = 500
"""Pixels: chromium makes none narrower, so pages stand in a frame."""


class Screen(NamedTuple):
    """What a page is looked at on."""

    width: int
    height: int
    percent: int
    """Of the usual size of text."""


SCREENS = {
    "phone-100": Screen(390, 1300, 100),
    "phone-200": Screen(390, 3000, 200),
    "narrow-100": Screen(320, 1500, 100),
    "desk-100": Screen(1100, 1250, 100),
    "desk-200": Screen(1100, 2300, 200),
}
THEMES: Mapping[str, tuple[str, ...]] = {
    "light": (),
    "dark": ("--blink-settings=preferredColorScheme=0",),
    "forced": ("--force-high-contrast",),
}
LONG = ReverseCodePage(
    agent="Wolfeschlegelsteinhausenbergerdorff-Mahendravarman",
    deed=ActionKind.AUTHENTICATOR_RESET,
    case_number="C-1042-AAAA-BBBB-9999",
    masked="a••••••••••••••••••••r@abteilung-fuer-sehr-lange-namen.postbox.example",
    minutes=1,
)
VIEWS: Mapping[str, Page] = {
    "reverse-code": CALL,
    "reverse-code-wrong": replace(CALL, slip=NumberSlip.WRONG),
    "reverse-code-long": LONG,
    "reverse-code-arabic": replace(CALL, agent="نادية عبد الرحمن"),
    "stop": STOP,
    "stop-asked": replace(STOP, stage=StopStage.ASKED),
    "stop-done": replace(STOP, stage=StopStage.DONE, deeds=DONE),
    "stopped": STOPPED,
    "stopped-done": replace(STOPPED, was_done=DONE),
    "password": PASSWORD,
    "password-refused": replace(PASSWORD, objections=PASSWORD_OBJECTIONS, repeat_differs=True),
    "enrol": ENROL,
    "enrol-wrong": replace(ENROL, wrong_password=True),
    "enrol-over": replace(ENROL, over=True),
    "enrol-key": KEY_SHOWN,
    "enrol-key-wrong": replace(KEY_HIDDEN, slip=NumberSlip.WRONG),
    "codes": replace(CODES, codes=CODES.codes * 5),
    "codes-again": replace(CODES_AGAIN, codes=CODES.codes * 5),
    "confirmed": DENIABLE,
    "end-password-was-set": EndPage(ending=Ending.PASSWORD_WAS_SET, at=AT),
    "end-password-and-codes-were-set": EndPage(ending=Ending.PASSWORD_AND_CODES_WERE_SET, at=AT),
    "end-app-was-set-up": EndPage(ending=Ending.APP_WAS_SET_UP, at=AT),
    "end-frozen": EndPage(ending=Ending.FROZEN, reference="F-7"),
    "end-bad-link": EndPage(ending=Ending.BAD_LINK),
}


def main(folder: Path) -> None:
    """Take every picture."""
    browser = shutil.which("chromium")
    assert browser is not None, "chromium is not installed"
    with TemporaryDirectory() as kept:
        site = Path(kept)
        for name, asset in ASSETS.items():
            (site / name).write_bytes(asset.body)
        for name, view in VIEWS.items():
            for screen_name, screen in SCREENS.items():
                framed = _framed(site, PAGES.render(view), screen)
                for theme, flags in THEMES.items():
                    target = folder / f"{theme}-{screen_name}" / f"{name}.png"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    _take(browser, framed, target, screen, flags)


def _framed(site: Path, page: str, screen: Screen) -> Path:
    """The page beside its assets, and a frame of the screen's width round it."""
    page = re.sub(r'(href|src)="/c/([a-z.]+)\?v=[0-9a-f]+"', r'\1="\2"', page)
    page = page.replace("</head>", f"<style>html{{font-size:{screen.percent}%}}</style></head>")
    (site / "page.html").write_text(page, encoding="utf-8")
    (site / "frame.html").write_text(
        '<!doctype html><meta name="color-scheme" content="light dark">'
        f"<style>body{{margin:0}}iframe{{border:0;width:{screen.width}px;height:{screen.height}px}}</style>"
        '<iframe src="page.html"></iframe>',
        encoding="utf-8",
    )
    return site / "frame.html"


def _take(browser: str, page: Path, target: Path, screen: Screen, flags: tuple[str, ...]) -> None:
    with TemporaryDirectory() as profile:
        command = [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *(f"--user-data-dir={profile}", f"--screenshot={target}", "--virtual-time-budget=500", *flags),
            *(f"--window-size={max(screen.width, NARROWEST_WINDOW)},{screen.height}", page.as_uri()),
        ]
        subprocess.run(command, capture_output=True, check=True, timeout=60)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
