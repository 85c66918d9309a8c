"""Every route of the API, once."""

from typing import Any

from services.contract import audit, cases, events, staff
from services.contract.route import Route

PREFIX = "/v1"
"""Where the API lives."""

ROUTES: tuple[Route[Any, Any], ...] = (*staff.ROUTES, *cases.ROUTES, *audit.ROUTES, *events.ROUTES)
