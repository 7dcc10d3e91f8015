"""What one turn of the event loop has to write leaves together, when the last that has something to write has written.

A write wakes whoever waits for it on another core, and takes the processor through the kernel's network code and back:
with work between one and the next, a request took a sixth more of the processor's time (decision 0017). So a protocol
counts what it receives (`Turn.expected`), as most of it leads to one write in the same turn, and a small piece waits
for the others of its turn. One alone waits for nobody, nor does what is large, or second on its connection.
"""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any
from weakref import WeakKeyDictionary

SMALL_BYTES = 16 * 1024
"""What one connection may have waiting, so that a writer who must be held back is."""
OFTEN_SECONDS = 0.00025
"""Answers that follow each other so closely come thousands a second."""
AWAKE_SECONDS = 0.0001
"""As long a loop that hears so often asks again before it sleeps."""
TOGETHER = 32
"""So many do not wait for more: where hundreds of connections are heard in one turn, it takes long."""


class Turn:
    """The transports of one event loop that have something waiting."""

    __slots__ = ("_heard", "_is_awake", "_until", "_waiting", "expected")

    def __init__(self) -> None:
        self._heard = self._until = 0.0
        self._is_awake = False
        self.expected = 0
        """Writes that are still to come in this turn, if all that was heard leads to one."""
        self._waiting: list[TurnTransport] = []

    def add(self, transport: TurnTransport, loop: asyncio.AbstractEventLoop) -> None:
        if not self._waiting:
            loop.call_soon(self._over)
        self._waiting.append(transport)
        if len(self._waiting) >= TOGETHER:
            self._leave()

    def stay_awake(self, loop: asyncio.AbstractEventLoop) -> None:
        """Something was heard. Where that happens thousands of times a second, the next comes before a processor that
        has fallen asleep is back from it: a virtual machine's takes tens of microseconds."""
        now = perf_counter()
        if now - self._heard < OFTEN_SECONDS:
            self._until = now + AWAKE_SECONDS
            if not self._is_awake:
                self._is_awake = True
                loop.call_soon(self._ask_again, loop)
        self._heard = now

    def _ask_again(self, loop: asyncio.AbstractEventLoop) -> None:
        """A callback that is due has the loop ask for what has come, and wait for nothing."""
        if perf_counter() < self._until:
            loop.call_soon(self._ask_again, loop)
        else:
            self._is_awake = False

    def end(self) -> None:
        self.expected = 0
        if self._waiting:
            self._leave()

    def _over(self) -> None:
        """Every callback of the turn has run. Who waits still waits for a write that will not come now."""
        if self._waiting:
            self.end()

    def _leave(self) -> None:
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.flush()


class TurnTransport(asyncio.Transport):
    """Writes as `inner` does, perhaps a little later. Order is kept, and `close` loses nothing."""

    __slots__ = ("_inner", "_loop", "_waiting", "turn")

    def __init__(self, inner: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        turn = _turns.get(loop)
        if turn is None:
            turn = _turns[loop] = Turn()
        self._inner, self._loop = inner, loop
        self.turn = turn
        self._waiting = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        turn = self.turn
        turn.expected -= 1
        if turn.expected > 0 and not self._waiting and len(data) <= SMALL_BYTES:
            self._waiting = bytes(data)  # the same object where it is `bytes`
            turn.add(self, self._loop)
            return
        if turn.expected <= 0:
            turn.end()
        else:
            self.flush()
        self._inner.write(data)

    def flush(self) -> None:
        """Writes what waits. Where the connection is closed meanwhile there is nobody to write it to."""
        waiting, self._waiting = self._waiting, b""
        if waiting and not self._inner.is_closing():
            self._inner.write(waiting)

    def close(self) -> None:
        self.flush()
        self._inner.close()

    def write_eof(self) -> None:
        self.flush()
        self._inner.write_eof()

    def abort(self) -> None:
        self._waiting = b""
        self._inner.abort()

    def is_closing(self) -> bool:
        return self._inner.is_closing()

    def get_write_buffer_size(self) -> int:
        return len(self._waiting) + self._inner.get_write_buffer_size()

    def pause_reading(self) -> None:
        self._inner.pause_reading()

    def resume_reading(self) -> None:
        self._inner.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._inner.get_extra_info(name, default)


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turn] = WeakKeyDictionary()
