"""Staff over HTTP: signing in and out, and what an administrator does with colleagues."""

from pydantic import TypeAdapter
from starlette.responses import Response

from services.api.calls import Call, Mount
from services.api.cards import session_card, staff_card
from services.contract import staff as contract
from services.secret import Secret
from services.usecases import sign_in, staff
from services.usecases.service import Service

_OPENED = TypeAdapter(contract.SessionOpened)


def mount(mount: Mount, service: Service, log_key: str) -> None:
    """Mount the routes of staff."""

    def open_session(ask: contract.SignIn) -> Response:
        signed_in = sign_in.sign_in(service, ask.login, Secret(ask.password), ask.code)
        card = session_card(signed_in.staff, signed_in.session, log_key)
        opened = contract.SessionOpened(token=signed_in.token.reveal(), session=card)
        return Response(_OPENED.dump_json(opened), media_type="application/json", headers={"Cache-Control": "no-store"})

    mount.add(contract.SIGN_IN, open_session)
    mount.read(contract.CURRENT_SESSION, lambda call: session_card(call.staff, call.session, log_key))
    mount.change(contract.SIGN_OUT, _sign_out)
    mount.read(contract.LIST_STAFF, _everybody)
    mount.change(contract.CHANGE_ROLE, _change_role)
    mount.change(contract.DISABLE_STAFF, _disable)
    mount.change(contract.ENABLE_STAFF, _enable)
    mount.change(contract.END_SESSIONS, _end_sessions)


def _sign_out(call: Call, _ask: None) -> contract.Nothing:
    sign_in.sign_out(call.service, call.work, call.session)
    return contract.Nothing()


def _everybody(call: Call) -> contract.StaffList:
    people = staff.everybody(call.service, call.work, call.staff)
    return contract.StaffList(staff=tuple(staff_card(one) for one in people))


def _change_role(call: Call, ask: contract.ChangeRole) -> contract.StaffCard:
    staff_id = call.path["staff_id"]
    return staff_card(staff.change_role(call.service, call.work, call.staff, staff_id, ask.role, ask.instead_of))


def _disable(call: Call, _ask: None) -> contract.StaffCard:
    return staff_card(staff.disable(call.service, call.work, call.staff, call.path["staff_id"]))


def _enable(call: Call, _ask: None) -> contract.StaffCard:
    return staff_card(staff.enable(call.service, call.work, call.staff, call.path["staff_id"]))


def _end_sessions(call: Call, _ask: None) -> contract.Nothing:
    staff.end_sessions(call.service, call.work, call.staff, call.path["staff_id"])
    return contract.Nothing()
