"""Large files as request bodies: kept in a temporary file as they come, so that memory does not grow with them.

The file is received whole before the transaction begins: a client that is slow holds no connection of the database.

router = large_file_router("/v1/permits/attachments", tag="attachments")

@router.post("", openapi_extra=file_body(PDF, PNG))
async def keep(filer: Filer, file: LargeFile, …) -> object: …
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO, Annotated, TypeVar

from fastapi import APIRouter, Depends, Request

from services.kit.requests import media_type_of, read_whole
from services.kit.uploads import FileEmpty, TakesFile, taken_type_of

_WRITE_BYTES = 256 * 1024
"""As much is gathered before it is written: each time is a thread's."""
_DISK = ThreadPoolExecutor(max_workers=1, thread_name_prefix="disk")
"""A disk that stands still holds up files, not the loop; one thread, as each has a heap of its own."""
_Result = TypeVar("_Result")


async def _at_the_disk(work: Callable[..., _Result], *arguments: int) -> _Result:
    return await asyncio.get_running_loop().run_in_executor(_DISK, work, *arguments)


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file as it came, in a temporary file that is gone when the request is over."""

    media_type: str
    size: int
    sha256: str
    """In hexadecimal digits."""
    file: IO[bytes]

    async def start(self, length: int) -> bytes:
        """Its first bytes, `length` at most."""
        return await _at_the_disk(self._read_at, 0, length)

    async def pieces(self, length: int) -> AsyncIterator[bytes]:
        """All of it, `length` bytes at a time; the last may be shorter."""
        for position in range(0, self.size, length):
            yield await _at_the_disk(self._read_at, position, length)

    def _read_at(self, position: int, length: int) -> bytes:
        self.file.seek(position)
        return self.file.read(length)


class TakesLargeFile(TakesFile):
    """Its file has up to `max_large_file_bytes` of the service."""

    @asynccontextmanager
    async def received(self, request: Request) -> AsyncIterator[None]:
        with tempfile.TemporaryFile(prefix="steppe-") as file:
            async with read_whole():
                spooled = await _spool(request, file)
            request.state.spooled, request.state.body_sha256 = spooled, bytes.fromhex(spooled.sha256)
            yield


async def _spool(request: Request, file: IO[bytes]) -> Spooled:
    digest, size, gathered = hashlib.sha256(), 0, bytearray()

    def write() -> None:
        digest.update(gathered)
        file.write(gathered)

    async for piece in request.stream():
        size += len(piece)
        gathered += piece
        if len(gathered) >= _WRITE_BYTES:
            await _at_the_disk(write)
            gathered.clear()
    await _at_the_disk(write)
    return Spooled(media_type_of(request), size, digest.hexdigest(), file)


async def _given(request: Request) -> Spooled:
    taken_type_of(request)
    spooled: Spooled = request.state.spooled
    if not spooled.size:
        raise FileEmpty()
    return spooled


LargeFile = Annotated[Spooled, Depends(_given)]
"""The request's body, as a parameter type."""


def large_file_router(prefix: str, *, tag: str) -> APIRouter:
    """A router whose endpoints each take a large file and then run in one transaction."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=TakesLargeFile)
