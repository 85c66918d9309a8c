"""Turns a page's card into HTML. Escaping is always on; a name that a template does not know is an error."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.api.pages import qr, views
from services.api.pages.assets import ASSETS, PREFIX
from services.api.pages.wording import Sentences, isolated, whole
from services.wording import Desk, words

_TEMPLATES = {
    views.ReverseCodePage: "reverse_code.html",
    views.StopPage: "stop.html",
    views.StoppedPage: "stopped.html",
    views.NewPasswordPage: "new_password.html",
    views.EnrolPage: "enrol.html",
    views.EnrolTotpPage: "enrol_totp.html",
    views.RecoveryCodesPage: "recovery_codes.html",
    views.EndPage: "end.html",
}


class Pages:
    """The customer's pages of one desk, in its language. Safe to share between threads."""

    def __init__(self, desk: Desk) -> None:
        """Read wording and templates.

        Raises:
            WordingError: If the desk's language has no wording.
        """
        self._desk = desk
        self._words = words(desk.language)
        self._sentences = Sentences(desk)
        self._environment = self._templates()

    def render(self, page: views.Page) -> str:
        """The page as HTML."""
        return self._environment.get_template(_TEMPLATES[type(page)]).render(page=page)

    def _templates(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals |= {
            "asset": self._asset,
            "deed": self._words.deed,
            "desk": self._desk,
            "done": self._done,
            "direction": self._words.direction,
            "isolated": isolated,
            "key_groups": qr.key_groups,
            "lines": self._sentences.lines,
            "moment": self._moment,
            "picture": qr.picture,
            "say": self._sentences.say,
            "whole": whole,
        }
        return environment

    def _asset(self, name: str) -> str:
        return f"{urlsplit(self._desk.base_url).path}{PREFIX}/{name}?v={ASSETS[name].version}"

    def _done(self, what: views.StopDeed) -> str:
        """What was done, in the words of the message that told of it."""
        if what.begun:
            return ", ".join(self._words.steps[step] for step in what.begun)
        deed = self._words.deed(what.deed)
        return (deed.completed if what.completed else "") or deed.done

    def _moment(self, at: datetime) -> Markup:
        return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), self._words.moment(at, self._desk.zone))
