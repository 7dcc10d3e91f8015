"""The gateway: one front door. It signs people and systems in, and passes calls on to the four services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp

from gateway.apps.service import redeem
from gateway.cache.public import PublicCache
from gateway.client import ClientGone
from gateway.cors import Cors
from gateway.delegation.router import registration
from gateway.delegation.router import router as delegations
from gateway.dossier.router import router as dossier
from gateway.gate import Gate
from gateway.leaving import on_client_gone
from gateway.limits.limiter import Limiter
from gateway.limits.opening import open_limiter
from gateway.merge import Document
from gateway.observed import ObservedUpstream, UpstreamMetrics
from gateway.openapi import MergedOpenApi
from gateway.opening import PEOPLE, Identity, open_identity
from gateway.pipeline import Pipeline
from gateway.policy.agreement import faults
from gateway.policy.documented import with_policy
from gateway.policy.loading import SHIPPED
from gateway.policy.loading import load as load_policy
from gateway.policy.rules import kind_of
from gateway.policy.table import PolicyTable
from gateway.policy.watch import DisagreementError, Watch, fetch_routes
from gateway.portal.answers import AGAIN_SECONDS
from gateway.portal.pages import Portal
from gateway.portal.router import portal_router
from gateway.proxy import Proxy
from gateway.resilience.service import ServiceUpstream
from gateway.retirement import announce
from gateway.sessions.forgetting import forgetting
from gateway.settings import GatewaySettings, UpstreamSettings
from gateway.status.router import status_router
from gateway.status.watch import StatusWatch
from gateway.trail.denials import Denials
from gateway.trail.router import router as trail
from gateway.upstream import HttpUpstream, UpstreamLimits
from services.kit import directory, errors, logs, purposes, retention, rounds
from services.kit.app import VERSION, operation_id
from services.kit.database import Database
from services.kit.health import health_router, readiness
from services.kit.meanwhile import meanwhile
from services.kit.metrics import Metrics
from services.kit.metrics_listener import serving_metrics
from services.kit.openapi import with_problems
from services.kit.problem_catalogue import KIT, problems_of
from services.kit.purposes import Purposes
from services.kit.requests import BodyLimit, HeadAsGet
from services.kit.rounds import Round
from services.kit.route_list import routes_of_application
from services.kit.service_metrics import DatabaseMetrics, RoundMetrics
from services.kit.settings import SharedSettings
from services.kit.statements import trace_statements
from services.kit.telemetry import RequestIdentity, configure_logging
from services.kit.tokens import TokenVerifier
from services.kit.tracing import Sampling, Tracer, open_tracer

TITLE = "Steppe 草原 · 城市生态环境 API"


@dataclass(slots=True)
class GatewayKit:
    """What the gateway's own endpoints share; `app.state.kit`."""

    name: str
    database: Database
    verifier: TokenVerifier
    identity: Identity
    purposes: Purposes
    watch: Watch
    denials: Denials
    tracer: Tracer | None = None
    metrics: Metrics = field(default_factory=Metrics)
    rounds: Sequence[Round] = ()
    metrics_port: int | None = None

    def wake(self) -> None:
        """The gateway emits no events."""

    def not_ready(self) -> dict[str, Any]:
        """Why it must get no requests, beside its database: services whose routes the policy does not name."""
        return {"policy": self.watch.faults} if self.watch.faults else {}


def create_app(
    settings: GatewaySettings | None = None,
    shared: SharedSettings | None = None,
    upstreams: UpstreamSettings | None = None,
) -> ASGIApp:
    settings = settings or GatewaySettings.load()
    shared = shared or SharedSettings.load()
    addresses = (upstreams or UpstreamSettings.load()).by_service()
    limits = UpstreamLimits(
        pool_size=settings.upstream_pool,
        keep_alive=settings.upstream_keep_alive,
        connect=settings.upstream_connect,
        read=settings.upstream_read,
    )
    resilience = settings.resilience.within(settings.upstream_pool)
    services = {
        name: ServiceUpstream(name, [HttpUpstream(name, url, limits=limits) for url in urls], resilience)
        for name, urls in addresses.items()
    }
    policy = load_policy(settings.policy_file or SHIPPED)
    limiter = open_limiter(settings)
    own = _own_app(settings, shared, services, policy, limiter)
    _refuse_disagreement(policy, own)
    kit: GatewayKit = own.state.kit
    gate = Gate(
        policy,
        kit.identity.authenticator,
        cors=Cors(settings.cors_origins),
        limiter=limiter,
        steps=[announce],
        refused=kit.denials.refused,
    )
    observed = {name: ObservedUpstream(name, service) for name, service in services.items()}
    own.state.observed = observed
    kit.metrics.register(UpstreamMetrics(services, observed))
    proxy = Proxy(observed, max_body_bytes=settings.max_body_bytes)
    cache = PublicCache(settings.cache_mib * 1024 * 1024) if settings.cache_mib else None
    if cache is not None:
        own.state.closing.insert(0, cache.close)
    pipeline = Pipeline(gate=gate, own=own, proxy=proxy, cache=cache)
    return RequestIdentity(
        pipeline,
        process="gateway",
        trust_request_id=False,
        kind_of=kind_of,
        metrics=kit.metrics,
        sampling=Sampling(
            kit.tracer, ratio=shared.traces_ratio, believes_callers=shared.traces_believe_callers
        ),
    )


def _refuse_disagreement(policy: PolicyTable, own: FastAPI) -> None:
    found = faults(policy, routes_of_application(own.routes), service="gateway")
    if found:
        raise DisagreementError("\n".join(found))


def _own_app(
    settings: GatewaySettings,
    shared: SharedSettings,
    services: dict[str, ServiceUpstream],
    policy: PolicyTable,
    limiter: Limiter,
) -> FastAPI:
    """The gateway's own endpoints."""
    kit = _make_kit(settings, shared, services, policy)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        configure_logging(shared.log_level, process="gateway")
        try:
            async with (
                kit.watch.running(),
                kit.denials.running(),
                kit.identity.board.running(),
                meanwhile(*([rounds.run(kit.database, kit.rounds)] if kit.rounds else [])),
                status.running(every_seconds=settings.status_poll_seconds),
                serving_metrics(settings.metrics_address, kit.metrics.page) as kit.metrics_port,
            ):
                yield
        finally:
            for close in app.state.closing:
                await close()
            logs.flush()

    app = FastAPI(
        title=TITLE,
        version=VERSION,
        lifespan=lifespan,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
    )
    app.state.kit = kit
    app.state.sign_in = kit.identity.sign_in
    app.state.token_exchange = kit.identity.exchange
    app.state.redeem = redeem
    app.state.services = services
    app.state.closing = [*(service.close for service in services.values()), kit.database.close, limiter.close]
    if kit.tracer is not None:
        app.state.closing.append(kit.tracer.close)
    status = StatusWatch(
        services, own=lambda: readiness(kit, version=VERSION), counters=lambda: limiter.standing
    )
    errors.install(app)
    app.add_exception_handler(ClientGone, on_client_gone)
    app.add_middleware(HeadAsGet)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    parts = (*PEOPLE, registration, delegations, dossier, trail)
    directory.include(app, (*parts, health_router(version=VERSION)))
    portal = Portal(policy, version=VERSION)
    app.include_router(status_router(status, portal.status_page))
    _serve_portal(app, services, policy, portal)
    return app


def _make_kit(
    settings: GatewaySettings,
    shared: SharedSettings,
    services: dict[str, ServiceUpstream],
    policy: PolicyTable,
) -> GatewayKit:
    database = Database(settings.database_url, pool_size=settings.database_pool)
    identity = open_identity(settings, shared, database)
    listed = purposes.load(shared.purposes_file)
    watch = Watch(
        policy, {name: partial(fetch_routes, name, each.direct()) for name, each in services.items()}
    )
    kit = GatewayKit("gateway", database, identity.verifier, identity, listed, watch, Denials(database))
    if settings.rounds:
        kit.rounds = [
            *retention.forgetting("gateway", retention.load(shared.retention_file)),
            *forgetting(timedelta(days=settings.sign_ins_kept_days)),
        ]
    kit.metrics.register(DatabaseMetrics(database))
    kit.metrics.register(RoundMetrics(kit.rounds))
    kit.tracer = open_tracer("gateway", shared, version=VERSION)
    if kit.tracer is not None:
        trace_statements(database.engine)
    return kit


def _serve_portal(
    app: FastAPI, services: dict[str, ServiceUpstream], policy: PolicyTable, portal: Portal
) -> None:
    """The developer portal and the merged document that it shows."""
    documents = {name: service.direct() for name, service in services.items()}
    finish = partial(with_policy, policy=policy)
    merged = MergedOpenApi(
        documents, title=TITLE, version=VERSION, finish=finish, partial_seconds=AGAIN_SECONDS
    )
    routes = list(app.routes)  # without the portal's

    @cache
    def own() -> Document:
        made = with_problems(get_openapi(title=TITLE, version=VERSION, routes=routes))
        return {**made, "x-steppe-problems": problems_of(KIT, "gateway")}

    app.include_router(portal_router(portal, lambda: merged.document(own())))
