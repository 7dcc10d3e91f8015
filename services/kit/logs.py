"""Logs: JSON lines on standard output, written by a thread so that nobody waits for the disk, and lost by none.

log.info("event", …) ┐
logging.getLogger()  ├─▶ redaction ─▶ LineWriter (memory) ─▶ thread, every FLUSH_SECONDS ─▶ standard output
access line          ┘                       └─▶ at an error, at the end of the process: at once
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from services.kit.redaction import CUT, clean, described, names_secret, said, strict

FLUSH_SECONDS = 0.2
MOST_LINES = 100_000
"""Held in memory while standard output takes nothing; further ones are counted, not kept."""
# At INFO it prints every URL with its query.
_QUIET = ("httpx", "httpcore")


log = structlog.stdlib.get_logger("steppe")


class LineWriter:
    """Gives lines to `write` in batches. Lines keep their order; none waits longer than `flush_seconds`."""

    def __init__(
        self,
        write: Callable[[str], None],
        *,
        flush_seconds: float = FLUSH_SECONDS,
        most: int = MOST_LINES,
    ) -> None:
        self._write, self._flush_seconds, self._most = write, flush_seconds, most
        self._lines: deque[str] = deque()
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._thread: threading.Thread | None = None
        self.dropped = 0
        """Lines that there was no room for since the process began."""
        self._told_dropped = 0

    def line(self, text: str) -> None:
        """Takes one line, without its line break. It costs the caller about a microsecond."""
        if len(self._lines) >= self._most:
            self.dropped += 1
            return
        self._lines.append(text)
        if self._thread is None:
            self._start()

    def flush(self) -> None:
        """Everything taken so far is written when this returns."""
        with self._lock:
            batch = [self._lines.popleft() for _ in range(len(self._lines))]
            if self.dropped > self._told_dropped:
                batch.append(
                    _dump({"event": "log_lines_dropped", "count": self.dropped - self._told_dropped})
                )
                self._told_dropped = self.dropped
            if batch:
                self._write("\n".join(batch) + "\n")

    def divert(self, write: Callable[[str], None]) -> None:
        """From now on lines go there (tests)."""
        self.flush()
        self._write = write

    def forked(self) -> None:
        """In a child process: it has no thread, and the lines taken so far are its parent's to write."""
        self._lines.clear()
        self._lock, self._due, self._thread = threading.Lock(), threading.Event(), None

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._due.wait(self._flush_seconds)
            self.flush()


def _to_stdout(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, ValueError):  # nobody reads any more: that must not end the work
        return


writer = LineWriter(_to_stdout)
flush = writer.flush
atexit.register(writer.flush)
os.register_at_fork(after_in_child=writer.forked)


def configure_logging(level: str, *, process: str) -> None:
    """JSON lines on standard output, ours and those of libraries; the process is on every line."""
    number = logging.getLevelNamesMapping()[level.upper()]
    handler = _JsonHandler(process)
    # The debug lines of libraries hold what they send and receive.
    logging.basicConfig(level=max(number, logging.INFO), handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _complete(process),
            _render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: _Lines(),
        cache_logger_on_first_use=True,
    )


def moment() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _complete(process: str) -> Processor:
    def complete(_: Any, __: str, event: EventDict) -> EventDict:
        error = event.pop("exc_info", None)
        if error is True:
            error = sys.exc_info()[1]
        found = {name: CUT if names_secret(name) else _safe(name, value) for name, value in event.items()}
        if isinstance(error, BaseException):
            found["exception"] = described(error)
        return {"time": moment(), "process": process, **found}

    return complete


def _safe(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return strict(value) if name == "error" else clean(value)
    if isinstance(value, BaseException):
        return said(value)
    return value if value is None or isinstance(value, (bool, int, float)) else clean(str(value))


def _render(_: Any, level: str, event: EventDict) -> str:
    return _dump(event)


def _dump(event: Any) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


class _Lines:
    """Where structlog's rendered lines go. From an error on they are written at once."""

    def debug(self, line: str) -> None:
        writer.line(line)

    info = warning = warn = debug

    def error(self, line: str) -> None:
        writer.line(line)
        writer.flush()

    critical = fatal = exception = error


class _JsonHandler(logging.Handler):
    """Lines of libraries and of `logging`: their texts are not ours, so what they quote is cut."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def emit(self, record: logging.LogRecord) -> None:
        try:
            writer.line(_dump(self._fields(record)))
            if record.levelno >= logging.ERROR:
                writer.flush()
        except Exception:  # a line that cannot be written must not break what it tells of
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Says only where: the standard one prints the arguments."""
        writer.line(_dump({"time": moment(), "event": "log_line_failed", "logger": record.name}))

    def _fields(self, record: logging.LogRecord) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "time": moment(),
            "process": self._process,
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": strict(_message(record)),
        }
        if record.exc_info and record.exc_info[1] is not None:
            fields["exception"] = described(record.exc_info[1])
        return fields


def _message(record: logging.LogRecord) -> str:
    """Exceptions among the arguments say what they are before the message is made of them."""
    if isinstance(record.args, tuple) and any(isinstance(each, BaseException) for each in record.args):
        args = tuple(_Said(each) if isinstance(each, BaseException) else each for each in record.args)
        return str(record.msg) % args
    return record.getMessage()


class _Said:
    def __init__(self, error: BaseException) -> None:
        self._text = said(error)

    def __repr__(self) -> str:
        return self._text

    __str__ = __repr__
