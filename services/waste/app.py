"""The waste service (危险废物与医疗废物). Its domain comes next: so far health, receipt keys, feed."""

from __future__ import annotations

from fastapi import FastAPI

from services.kit.app import build_service
from services.kit.settings import SharedSettings
from services.waste.settings import WasteSettings


def create_app(settings: WasteSettings | None = None, shared: SharedSettings | None = None) -> FastAPI:
    return build_service(
        "waste",
        title="Steppe waste 危险废物与医疗废物",
        description="Steppe's service for hazardous and medical waste manifests..",
        settings=settings or WasteSettings.load(),
        shared=shared or SharedSettings.load(),
        routers=[],
    )
