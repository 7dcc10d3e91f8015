"""The credit service (环境信用). Its domain comes next: so far health, receipt keys, feed."""

from __future__ import annotations

from fastapi import FastAPI

from services.credit.settings import CreditSettings
from services.kit.app import build_service
from services.kit.settings import SharedSettings


def create_app(settings: CreditSettings | None = None, shared: SharedSettings | None = None) -> FastAPI:
    return build_service(
        "credit",
        title="Steppe credit 环境信用",
        description="Steppe's service for the enterprise environmental credit ledger..",
        settings=settings or CreditSettings.load(),
        shared=shared or SharedSettings.load(),
        routers=[],
    )
