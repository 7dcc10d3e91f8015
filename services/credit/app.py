"""The credit service (环境信用): records, the transparency log, grading, candidates, statements."""

from __future__ import annotations

from fastapi import FastAPI

from services.credit.candidates.intake import consumers
from services.credit.candidates.router import router as candidates
from services.credit.grading.router import router as grading
from services.credit.log.keys import LogSigner
from services.credit.log.router import router as log
from services.credit.overview.router import router as overview
from services.credit.records.router import router as records
from services.credit.settings import CreditSettings
from services.credit.statements.router import router as statements
from services.kit.app import build_service
from services.kit.settings import SharedSettings


def create_app(settings: CreditSettings | None = None, shared: SharedSettings | None = None) -> FastAPI:
    settings = settings or CreditSettings.load()
    app = build_service(
        "credit",
        title="Steppe credit 环境信用",
        description="The enterprise environmental credit ledger: a tamper-evident log, grades that anybody can "
        "compute again, statements that are checked offline.",
        settings=settings,
        shared=shared or SharedSettings.load(),
        routers=[records, candidates, grading, statements, overview, log],
        consumers=lambda _, identity: consumers(identity, settings),
    )
    app.state.log_signer = LogSigner.from_private_jwks(settings.log_key, origin=settings.log_origin)
    return app
