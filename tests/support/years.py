"""A town whose clock is the test's: a stack of its own that lives through years in seconds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from services.kit import clock
from services.kit.pytest_plugin import MakeDatabase
from tests.support.stack import test_stack
from tests.support.town import Town


@asynccontextmanager
async def years(make_database: MakeDatabase, start: datetime) -> AsyncIterator[tuple[Town, clock.Journey]]:
    """A town from `start` on. Use it in the test itself: a fixture has a context, and so a time, of its own.

    Tokens end as they do for everybody: after a jump callers need `town.sign_in_anew(…)`.
    """
    with clock.travelling(start) as journey:
        async with test_stack(make_database) as stack, Town(stack) as town:
            yield town, journey
