"""The emergency service (应急物资): depots, items, stock, incidents, reservations and dispatches."""

from __future__ import annotations

from fastapi import FastAPI

from services.emergency.depots.router import router as depots
from services.emergency.dispatch.router import router as dispatch
from services.emergency.dispatch.settling_router import router as settling
from services.emergency.incidents.router import router as incidents
from services.emergency.items.router import router as items
from services.emergency.overview.router import router as overview
from services.emergency.settings import EmergencySettings
from services.emergency.stock.router import router as stock
from services.kit.app import build_service
from services.kit.settings import SharedSettings


def create_app(settings: EmergencySettings | None = None, shared: SharedSettings | None = None) -> FastAPI:
    return build_service(
        "emergency",
        title="Steppe emergency 应急物资",
        description="Emergency supplies: who holds what, what is promised to which incident, and where it went.",
        settings=settings or EmergencySettings.load(),
        shared=shared or SharedSettings.load(),
        routers=[depots, items, stock, incidents, dispatch, settling, overview],
    )
