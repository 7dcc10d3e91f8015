"""Which credentials held lately and which did not, by a hash that means nothing outside this process.

An office behind one address must not be shut out by one program that goes on with an expired token: a credential
that held is let through to its check, and one that did not has a count of its own.
"""

from __future__ import annotations

from collections import OrderedDict

MAX_REMEMBERED = 8192


class Credentials:
    """The last `most` of each kind. Two that share a hash share a count: each is still checked by itself."""

    def __init__(self, most: int = MAX_REMEMBERED) -> None:
        self._most = most
        self._good: OrderedDict[int, None] = OrderedDict()
        self._bad: OrderedDict[int, None] = OrderedDict()

    def held(self, authorization: str) -> bool:
        return hash(authorization) in self._good

    def failed(self, authorization: str) -> bool:
        return hash(authorization) in self._bad

    def hold(self, authorization: str) -> None:
        self._note(self._good, hash(authorization))

    def fail(self, authorization: str) -> None:
        self._good.pop(hash(authorization), None)
        self._note(self._bad, hash(authorization))

    def _note(self, kind: OrderedDict[int, None], name: int) -> None:
        if name in kind:
            kind.move_to_end(name)
            return
        kind[name] = None
        if len(kind) > self._most:
            kind.popitem(last=False)
