"""The emergency service (应急物资). Its domain comes next: so far health, receipt keys, feed."""

from __future__ import annotations

from fastapi import FastAPI

from services.emergency.settings import EmergencySettings
from services.kit.app import build_service
from services.kit.settings import SharedSettings


def create_app(settings: EmergencySettings | None = None, shared: SharedSettings | None = None) -> FastAPI:
    return build_service(
        "emergency",
        title="Steppe emergency 应急物资",
        description="Steppe's service for the emergency supply inventory..",
        settings=settings or EmergencySettings.load(),
        shared=shared or SharedSettings.load(),
        routers=[],
    )
