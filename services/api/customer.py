"""The customer's pages over HTTP: one address for each one-time link. Looking changes nothing; a form does."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from services.api.cards import masked
from services.api.pages import views
from services.api.pages.assets import ASSETS, PREFIX
from services.api.pages.form import LARGEST_FORM, Form, read_form
from services.api.pages.headers import ASSET_HEADERS, PAGE_HEADERS
from services.api.pages.rendering import Pages
from services.api.pages.views import Ending, EndPage, NumberSlip, Page
from services.api.stopping import stop_page, stopped_page
from services.contract.problems import ProblemCode
from services.domain import handover
from services.domain.answering import Fit
from services.domain.one_time import grouped, provisioning_uri, read_code
from services.domain.outcome import Missing, Refused, Stale
from services.domain.password import MAX, MIN_ALONE, MIN_WITHIN_MFA
from services.domain.verification import state_for
from services.secret import Secret
from services.usecases import customer, enrolment
from services.usecases.links import Opened, open_link
from services.usecases.service import Service, minutes_until
from services.vocabulary import ActionState, CheckState, LinkPurpose, Objection

_ENDINGS = {
    CheckState.PASSED: Ending.CALL_CONFIRMED,
    CheckState.FAILED: Ending.TRIES_SPENT,
    CheckState.EXPIRED: Ending.EXPIRED,
    CheckState.CANCELLED: Ending.CALL_ENDED,
}
_FAULTS = {
    ProblemCode.MISSING: Ending.BAD_LINK,
    ProblemCode.INVALID: Ending.UNREADABLE,
    ProblemCode.TOO_LARGE: Ending.UNREADABLE,
    ProblemCode.UNAVAILABLE: Ending.LATER,
}


def router(service: Service, pages: Pages) -> APIRouter:
    """The routes of the customer's pages."""
    api = APIRouter(prefix=PREFIX, include_in_schema=False)
    desk = _Desk(service)

    def answer(page: Page) -> Response:
        return Response(pages.render(page), views.http_status(page), dict(PAGE_HEADERS))

    @api.api_route("/{token}", methods=["GET", "HEAD"])
    def look(token: str, request: Request) -> Response:
        if token in ASSETS:
            asset = ASSETS[token]
            return Response(asset.body, headers=dict(ASSET_HEADERS), media_type=asset.media_type)
        return answer(desk.look(Secret(token), opens=request.method == "GET"))

    @api.post("/{token}")
    async def act(token: str, request: Request) -> Response:
        declared = request.headers.get("content-length", "")
        if not declared.isdigit() or int(declared) > LARGEST_FORM:
            return answer(EndPage(ending=Ending.UNREADABLE))
        form = read_form(request.headers.get("content-type", ""), await request.body())
        if form is None:
            return answer(EndPage(ending=Ending.UNREADABLE))
        return answer(await run_in_threadpool(desk.act, Secret(token), form))

    return api


def fault(pages: Pages, code: ProblemCode, reference: str) -> Response:
    """The page for a problem; for a bug of ours, with its number."""
    page = EndPage(ending=_FAULTS.get(code, Ending.FAULT), reference=reference)
    return Response(pages.render(page), views.http_status(page), dict(PAGE_HEADERS))


class _Desk:
    """What each kind of link shows, and what its form does."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._shown: dict[LinkPurpose, Callable[[Secret[str], Opened], Page]] = {
            LinkPurpose.REVERSE_CODE: self._reverse_code,
            LinkPurpose.NEW_PASSWORD: self._new_password,
            LinkPurpose.ENROL_TOTP: self._enrol,
            LinkPurpose.STOP: self._stop,
        }
        self._acted: dict[LinkPurpose, Callable[[Secret[str], Form], Page]] = {
            LinkPurpose.REVERSE_CODE: self._answer_call,
            LinkPurpose.NEW_PASSWORD: self._set_password,
            LinkPurpose.ENROL_TOTP: self._set_up,
            LinkPurpose.STOP: self._do_stop,
        }

    def look(self, token: Secret[str], *, opens: bool = True) -> Page:
        """The page of a link. Who only asks whether it is there (HEAD) has not opened it: mail scanners do."""
        try:
            opened = self._opened(token)
        except Missing:
            return EndPage(ending=Ending.BAD_LINK)
        page = self._shown[opened.link.purpose](token, opened)
        return self._noted(token, opened, page) if opens else page

    def act(self, token: Secret[str], form: Form) -> Page:
        """The page after a form was sent."""
        try:
            opened = self._opened(token)
            return self._noted(token, opened, self._acted[opened.link.purpose](token, form))
        except Missing:
            return EndPage(ending=Ending.BAD_LINK)
        except Refused:
            return self.look(token)
        except Stale:  # somebody was faster, with this link or at the desk
            page = self.look(token)
            return page if isinstance(page, EndPage | views.StoppedPage) else EndPage(ending=Ending.LATER)

    def _opened(self, token: Secret[str]) -> Opened:
        with self._service.storage.reading() as work:
            return open_link(work, token)

    def _reverse_code(self, _token: Secret[str], opened: Opened, slip: NumberSlip | None = None) -> Page:
        check = opened.check
        if check is None:
            return EndPage(ending=Ending.BAD_LINK)
        state = state_for(check, opened.dossier, self._service.policy, self._service.clock())
        if state is CheckState.REPUDIATED:
            return stopped_page(opened)
        if opened.dossier.account.frozen_at is not None:
            return EndPage(ending=Ending.FROZEN)
        if state is not CheckState.PENDING:
            return EndPage(ending=_ENDINGS[state], may_deny=True)
        return views.ReverseCodePage(
            agent=opened.agent,
            deed=opened.wanted,
            case_number=opened.case.number,
            masked=masked(opened.dossier.contact(check.contact_id)),
            minutes=minutes_until(check.expires_at, self._service.clock()),
            slip=slip,
        )

    def _noted(self, token: Secret[str], opened: Opened, page: Page) -> Page:
        """The page; that of a call is on record as seen. When somebody else changed the check just now, it is not."""
        if isinstance(page, views.ReverseCodePage) and opened.check is not None and opened.check.opened_at is None:
            with suppress(Stale), self._service.storage.changing() as work:
                customer.note_opened(self._service, work, token)
        return page

    def _answer_call(self, token: Secret[str], form: Form) -> Page:
        if form.get("decision") == "not_me":
            with self._service.storage.changing() as work:
                opened = customer.repudiate(self._service, work, token)
            return stopped_page(opened)
        number = read_code(form.get("number", ""))
        if number is None:
            return self._reverse_code(token, self._opened(token), NumberSlip.NOT_SIX_DIGITS)
        with self._service.storage.changing() as work:
            answer = customer.type_number(self._service, work, token, number)
        slip = None if answer.fit is Fit.RIGHT else NumberSlip.WRONG
        return self._reverse_code(token, self._opened(token), slip)

    def _new_password(self, _token: Secret[str], opened: Opened) -> Page:
        return self._ending(opened) or self._password_form(opened)

    def _password_form(self, opened: Opened, objections: tuple[Objection, ...] = (), *, differs: bool = False) -> Page:
        return views.NewPasswordPage(
            user_name=opened.dossier.account.username or "",
            minimum=MIN_WITHIN_MFA if opened.dossier.has_second_factor else MIN_ALONE,
            maximum=MAX,
            objections=objections,
            repeat_differs=differs,
        )

    def _set_password(self, token: Secret[str], form: Form) -> Page:
        opened = self._opened(token)
        if form.get("saved") and customer.brought_codes(opened):
            return EndPage(ending=Ending.PASSWORD_SET)
        if self._ending(opened) is None and form.get("password", "") != form.get("repeat", ""):
            return self._password_form(opened, differs=True)
        try:
            codes = customer.set_password(self._service, token, Secret(form.get("password", "")))
        except Refused as refused:
            about_password = tuple(why.code for why in refused.reasons if why.code.startswith("password_"))
            if not about_password:
                raise
            return self._password_form(opened, about_password)
        return self._codes(codes, for_a_used_one=True) if codes else EndPage(ending=Ending.PASSWORD_SET)

    def _enrol(self, _token: Secret[str], opened: Opened, *, wrong_password: bool = False, over: bool = False) -> Page:
        name = opened.dossier.account.username or opened.dossier.account.customer_number
        spent = EndPage(ending=Ending.TRIES_SPENT) if enrolment.objections_to_guess(self._service, opened) else None
        form = views.EnrolPage(user_name=name, wrong_password=wrong_password, over=over)
        return self._ending(opened) or spent or form

    def _set_up(self, token: Secret[str], form: Form) -> Page:
        opened = self._opened(token)
        if form.get("saved") and opened.link.used_at is not None:
            return EndPage(ending=Ending.CODES_SAVED)
        try:
            return self._bind(token, form) if "enrolment" in form else self._start(token, form)
        except Refused as refused:
            codes = {why.code for why in refused.reasons}
            wrong, over = Objection.WRONG_PASSWORD in codes, Objection.ENROLMENT_OVER in codes
            return self._enrol(token, self._opened(token), wrong_password=wrong, over=over)

    def _start(self, token: Secret[str], form: Form) -> Page:
        started = enrolment.start(self._service, token, Secret(form.get("password", "")))
        account = started.opened.dossier.account
        name = account.username or account.customer_number
        uri = provisioning_uri(started.key, issuer=self._service.company, name=name)
        return views.EnrolTotpPage(enrolment=started.sealed, uri=uri)

    def _bind(self, token: Secret[str], form: Form) -> Page:
        again = views.EnrolTotpPage(enrolment=Secret(form["enrolment"]), uri=None)
        number = read_code(form.get("number", ""))
        if number is None:
            return self._ending(self._opened(token)) or replace(again, slip=NumberSlip.NOT_SIX_DIGITS)
        try:
            enrolled = enrolment.bind(self._service, token, again.enrolment, number)
        except Refused as refused:
            if all(why.code is not Objection.WRONG_CODE for why in refused.reasons):
                raise
            return replace(again, slip=NumberSlip.WRONG)
        return self._codes(enrolled.codes)

    def _codes(self, codes: tuple[Secret[str], ...], *, for_a_used_one: bool = False) -> Page:
        shown = tuple(Secret(grouped(code.reveal())) for code in codes)
        return views.RecoveryCodesPage(codes=shown, issued_at=self._service.clock(), for_a_used_one=for_a_used_one)

    def _stop(self, _token: Secret[str], opened: Opened) -> Page:
        if opened.link.used_at is not None:
            return stopped_page(opened)
        if opened.dossier.account.frozen_at is not None:
            return EndPage(ending=Ending.FROZEN)
        if handover.link_objections(opened.link, self._service.clock()):
            return EndPage(ending=Ending.EXPIRED)
        return stop_page(opened, self._service.clock())

    def _do_stop(self, token: Secret[str], _form: Form) -> Page:
        with self._service.storage.changing() as work:
            opened = customer.stop(self._service, work, token)
        return stopped_page(opened)

    def _ending(self, opened: Opened) -> Page | None:
        """Why a link of an action shows no form any more."""
        if opened.dossier.account.frozen_at is not None:
            return EndPage(ending=Ending.FROZEN)
        if opened.link.used_at is not None:
            return EndPage(ending=_used(opened), at=opened.link.used_at)
        expired = bool(handover.link_objections(opened.link, self._service.clock()))
        state = opened.action.state if opened.action else None
        if state is ActionState.RUNNING and not expired:  # the owner was faster than the last step of ours
            return EndPage(ending=Ending.LATER)
        return None if state is ActionState.HANDED_OVER and not expired else EndPage(ending=Ending.EXPIRED)


def _used(opened: Opened) -> Ending:
    """What a link of an action was used for."""
    if opened.link.purpose is LinkPurpose.ENROL_TOTP:
        return Ending.APP_WAS_SET_UP
    return Ending.PASSWORD_AND_CODES_WERE_SET if customer.brought_codes(opened) else Ending.PASSWORD_WAS_SET
