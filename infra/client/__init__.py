"""The typed Python client: `api/` is generated from the published OpenAPI document, the rest sends what it describes.

    with Client("https://…") as client:
        client.sign_in("login", "password")
        submitted = client(permits.submit_report(report))
        submitted["receipt"]["receipt_id"]

Bodies and answers are `TypedDict`s: what goes over the wire, unchanged, with names and types that a checker knows.
"""

from infra.client.call import Answer, Call
from infra.client.client import AsyncClient, Client
from infra.client.errors import ApiError

__all__ = ["Answer", "ApiError", "AsyncClient", "Call", "Client"]
