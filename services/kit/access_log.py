"""The access line: one JSON object for each request, when it is over.

`time level event=request process request_id trace_id method route status outcome duration_ms bytes_in bytes_out
rate_class caller_kind caller address`

No field holds what a caller typed: `route` is the template (`/v1/permits/reports/{report_id}`), the caller is a role
and the id of the account, the address ends in zeros. Query, headers, body, names and sign-ins are not in it.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, ip_address, ip_network

from services.kit.auth import Principal
from services.kit.logs import writer

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"
"""The route of a request that none was found for: its path is the caller's own words."""
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


@dataclass(slots=True)
class Exchange:
    """What is known of a request when it is over."""

    request_id: str
    trace_id: str
    method: str
    """One of METHODS, else `other`."""
    route: str
    status: int
    """0: the client left before there was an answer."""
    cut: bool
    """The answer has begun and was not completed."""
    seconds: float
    bytes_in: int
    bytes_out: int
    rate_class: str
    principal: Principal | None
    caller_kind: str
    address: str

    @property
    def outcome(self) -> str:
        if not self.status:
            return "left"
        return "cut" if self.cut else "answered"


def write(exchange: Exchange, *, process: str) -> None:
    """Takes the line of one request; the log's thread writes it."""
    # By hand: half the time of json.dumps. All of it is made by us, so nothing needs escaping.
    subject = exchange.principal.subject if exchange.principal is not None else ""
    writer.line(
        f'{{"time":"{_now()}","level":"info","event":"request","process":"{process}",'
        f'"request_id":"{exchange.request_id}","trace_id":"{exchange.trace_id}",'
        f'"method":"{exchange.method}","route":{_text(exchange.route)},'
        f'"status":{exchange.status or "null"},"outcome":"{exchange.outcome}",'
        f'"duration_ms":{exchange.seconds * 1000:.2f},'
        f'"bytes_in":{exchange.bytes_in},"bytes_out":{exchange.bytes_out},'
        f"{_who(exchange.rate_class, exchange.caller_kind, subject, exchange.address)}}}"
    )


@lru_cache(maxsize=4096)
def _who(rate_class: str, caller_kind: str, subject: str, address: str) -> str:
    """The same for all requests of a caller in a rate class."""
    return (
        f'"rate_class":{_text(rate_class)},"caller_kind":{_text(caller_kind)},'
        f'"caller":{reference(subject)},"address":"{network(address)}"'
    )


@lru_cache(maxsize=4096)
def reference(subject: str) -> str:
    """Who called, as JSON: the id of the account or the client; null for the public and for what is no id."""
    return json.dumps(subject) if _REFERENCE.fullmatch(subject) else "null"


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """The /24 (IPv4) or /48 (IPv6) that an address is in: where from, not who."""
    try:
        given = ip_address(address)
    except ValueError:
        return "unknown"
    mapped = getattr(given, "ipv4_mapped", None)
    given = mapped or given
    length = 24 if isinstance(given, IPv4Address) else 48
    return str(ip_network(f"{given.compressed.partition('%')[0]}/{length}", strict=False))


@lru_cache(maxsize=1024)
def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=2)
def _second(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def _now() -> str:
    second, milliseconds = divmod(time.time_ns() // 1_000_000, 1000)
    return f"{_second(second)}.{milliseconds:03}Z"
