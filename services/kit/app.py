"""Builds a service out of its parts, so that each service's own `app.py` reads as a table of contents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from services.kit import directory, errors, logs, purposes, retention, rounds
from services.kit.consumers import Consumer, run
from services.kit.database import Database
from services.kit.document import document_of
from services.kit.endings import Endings, follow
from services.kit.feed import Doorbell, feed_router
from services.kit.health import health_router
from services.kit.lanes import MakesRoom
from services.kit.large_files import TakesLargeFile
from services.kit.meanwhile import meanwhile
from services.kit.metrics import Metrics
from services.kit.metrics_listener import serving_metrics
from services.kit.neighbours import ServiceIdentity
from services.kit.purposes import Purposes
from services.kit.receipt_keys import keys_router
from services.kit.requests import BodyLimit, HeadAsGet
from services.kit.rounds import Round
from services.kit.route_list import route_list_router
from services.kit.sequencer import Sequencer
from services.kit.service_metrics import DatabaseMetrics, EventMetrics, RoundMetrics
from services.kit.settings import ServiceSettings, SharedSettings
from services.kit.signing import KeyRing
from services.kit.statements import trace_statements
from services.kit.telemetry import RequestIdentity, configure_logging
from services.kit.tokens import RemoteKeys, TokenVerifier
from services.kit.tracing import Sampling, Tracer, open_tracer
from services.kit.trail import trail_router
from services.kit.uploads import TakesFile, limits_of

VERSION = "0.1.0"


@dataclass(slots=True)
class Kit:
    """What the requests of one process share; `app.state.kit`."""

    name: str
    settings: ServiceSettings
    shared: SharedSettings
    database: Database
    verifier: TokenVerifier
    endings: Endings
    receipt_keys: KeyRing
    sequencer: Sequencer
    doorbell: Doorbell
    identity: ServiceIdentity | None
    purposes: Purposes
    tracer: Tracer | None = None
    metrics: Metrics = field(default_factory=Metrics)
    consumers: list[Consumer] = field(default_factory=list)
    rounds: Sequence[Round] = ()
    metrics_port: int | None = None
    """Where `/metrics` is listened for while the process runs."""

    def wake(self) -> None:
        """Called after each commit that wrote events."""
        self.sequencer.wake()

    def not_ready(self) -> dict[str, Any]:
        """Why it must get no requests, beside its database: nothing."""
        return {}


def make_kit(name: str, settings: ServiceSettings, shared: SharedSettings) -> Kit:
    database = Database(settings.database_url, pool_size=settings.database_pool)
    tracer = open_tracer(name, shared, version=VERSION)
    if tracer is not None:
        trace_statements(database.engine)
    endings = Endings()
    return Kit(
        name=name,
        settings=settings,
        shared=shared,
        database=database,
        verifier=TokenVerifier(RemoteKeys(shared.jwks_url).get, issuer=shared.issuer, endings=endings),
        endings=endings,
        receipt_keys=KeyRing.from_private_jwks(settings.receipt_keys),
        sequencer=Sequencer(database, idempotency_days=settings.idempotency_days),
        doorbell=Doorbell(settings.database_url),
        identity=_identity(name, settings, shared),
        purposes=purposes.load(shared.purposes_file),
        tracer=tracer,
    )


def _watch(kit: Kit) -> None:
    """Has the kit's metrics tell of database, events, consumers and rounds."""
    events = EventMetrics(kit.database, kit.consumers)
    kit.metrics.register(DatabaseMetrics(kit.database))
    kit.metrics.register(events)
    kit.metrics.register(RoundMetrics(kit.rounds))
    kit.metrics.refresh_with(events.refresh)


def _identity(name: str, settings: ServiceSettings, shared: SharedSettings) -> ServiceIdentity | None:
    """How this service signs in at the gateway; None where it was given no secret: then it consumes nothing."""
    if settings.client_secret is None:
        return None
    return ServiceIdentity(
        gateway_url=shared.gateway_url, client_id=name, client_secret=settings.client_secret
    )


def build_service(
    name: str,
    *,
    title: str,
    description: str,
    settings: ServiceSettings,
    shared: SharedSettings,
    routers: Sequence[APIRouter],
    consumers: Callable[[Kit, ServiceIdentity], list[Consumer]] | None = None,
    rounds: Sequence[Round] = (),
) -> FastAPI:
    """One service process: its routers, the event feed, receipt keys, health, and the background work."""
    kit = make_kit(name, settings, shared)
    if consumers is not None and kit.identity is not None:
        kit.consumers = consumers(kit, kit.identity)
    kept = retention.load(shared.retention_file)
    kit.rounds = (*rounds, *retention.forgetting(name, kept)) if settings.rounds else ()
    _watch(kit)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        configure_logging(shared.log_level, process=name)
        try:
            async with (
                background(kit),
                serving_metrics(settings.metrics_address, kit.metrics.page) as kit.metrics_port,
            ):
                yield
        finally:
            logs.flush()

    app = FastAPI(
        title=title,
        description=description,
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
    )
    app.state.kit = kit
    errors.install(app)
    app.add_middleware(HeadAsGet)
    app.add_middleware(MakesRoom)
    app.add_middleware(
        BodyLimit,
        max_bytes=settings.max_body_bytes,
        file_bytes=limits_of(
            routers, {TakesFile: settings.max_file_bytes, TakesLargeFile: settings.max_large_file_bytes}
        ),
    )
    app.add_middleware(
        RequestIdentity,
        process=name,
        trust_request_id=True,
        metrics=kit.metrics,
        sampling=Sampling(kit.tracer, ratio=shared.traces_ratio, believes_callers=True),
    )
    own = (feed_router(name), keys_router(name), trail_router(name), health_router(version=VERSION))
    directory.include(app, (*routers, *own, route_list_router()))
    app.openapi = lambda: document_of(app)  # type: ignore[method-assign]
    return app


def operation_id(route: APIRoute) -> str:
    """The function's own name: a client's method is called as the use case is. The merge refuses a second one."""
    return route.name


@asynccontextmanager
async def background(kit: Kit) -> AsyncIterator[None]:
    """Runs the sequencer, the doorbell, the consumers and the rounds for the life of the process."""
    async with AsyncExitStack() as stack:
        if kit.tracer is not None:
            stack.push_async_callback(kit.tracer.close)
        stack.push_async_callback(kit.database.close)
        if kit.identity is not None:
            stack.push_async_callback(kit.identity.close)
        work = [
            kit.sequencer.run(),
            kit.doorbell.run(),
            *(run(kit.database, each, tracer=kit.tracer) for each in kit.consumers),
        ]
        if kit.identity is not None:
            work.append(follow(kit.endings, kit.identity))
        if kit.rounds:
            work.append(rounds.run(kit.database, kit.rounds, wake=kit.wake))
        async with meanwhile(*work):
            yield
