"""The merged document of the real services, made without starting any: what tests of the portal read."""

from __future__ import annotations

from functools import lru_cache

from gateway.merge import Document, merge
from services.kit.settings import SharedSettings
from services.kit.signing import KeyRing
from tests.support.stack import OWN_SETTINGS, SERVICES, documents


@lru_cache(maxsize=1)
def merged_document() -> Document:
    shared = SharedSettings()
    for name, (create, settings) in SERVICES.items():
        given = {
            "database_url": "postgresql+asyncpg://nobody@localhost/none",
            "receipt_keys": KeyRing.generate(),
        }
        app = create(settings(**given, **OWN_SETTINGS.get(name, {})), shared)
        app.openapi_schema = documents.get(name)
        documents[name] = app.openapi()
    own = {"openapi": "3.1.0", "info": {}, "paths": {}}
    return merge(documents, own=own, title="Steppe", version="0")
