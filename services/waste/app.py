"""The waste service (危险废物与医疗废物): catalogue, units, licences, plans, manifests, medical waste."""

from __future__ import annotations

from fastapi import FastAPI

from services.kit.app import build_service
from services.kit.settings import SharedSettings
from services.waste.catalogue.router import router as catalogue
from services.waste.clocks.recounting import confirmation_days
from services.waste.licences.router import router as licences
from services.waste.manifests.router import notices_router as notices
from services.waste.manifests.router import router as manifests
from services.waste.medical.router import router as medical
from services.waste.overview.router import router as overview
from services.waste.plans.router import router as plans
from services.waste.settings import WasteSettings
from services.waste.units.router import router as units


def create_app(settings: WasteSettings | None = None, shared: SharedSettings | None = None) -> FastAPI:
    return build_service(
        "waste",
        title="Steppe waste 危险废物与医疗废物",
        description="Hazardous waste: plans, licences with yearly scale, signed manifests; medical waste by the bag.",
        settings=settings or WasteSettings.load(),
        shared=shared or SharedSettings.load(),
        routers=[catalogue, units, overview, licences, plans, manifests, notices, medical],
        rounds=[confirmation_days()],
    )
