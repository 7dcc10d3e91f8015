"""Which addresses are one client: an IPv6 customer holds a whole /64 and may send from all of it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address

_PREFIX = (1 << 128) - (1 << 64)


@lru_cache(maxsize=8192)
def group(address: str) -> str:
    """The address itself, the /64 of an IPv6 one; one that cannot be read is grouped with all such."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) & _PREFIX)}/64"
