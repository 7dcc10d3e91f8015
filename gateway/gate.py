"""The gate: every request passes it before anything is done for it, or is refused with a problem document.

    admission (one reading only) → route of the policy → who calls → limits → may they → steps (purpose, …)

A step is added in `gateway.app`; it raises a Problem to refuse and may put headers on the answer. One that must wait is
asynchronous.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol

from starlette.types import Scope

from gateway.admission import Framing, admit
from gateway.cors import Cors
from gateway.passage import Passage
from gateway.policy.rules import Audience, RoutePolicy, Verdict, audiences_of, decide, missing_scopes
from gateway.policy.table import PolicyTable
from services.kit.auth import Principal
from services.kit.header_fields import RawHeaders, known, known_of
from services.kit.problems import Forbidden, Unauthorized
from services.kit.texts import Text
from services.kit.tokens import Credential

Step = Callable[[Scope, Passage], Awaitable[None] | None]
_NOT_FOR_YOU = Text(zh="该接口面向：{audience}", en="This is for callers of another kind: {audience}")


class SetUpFirst(Forbidden):
    """A restricted token at a route that is not for setting up."""

    code = "set_up_first"
    title = Text(
        zh="须先设置密码或第二重验证，再重新登录",
        en="Set up a password or a second factor first; then sign in again",
    )

    def __init__(self) -> None:
        super().__init__(
            Text(
                zh="临时密码：PUT /v1/auth/password；第二重验证：PUT /v1/auth/second-factor，"
                "再 PUT /v1/auth/second-factor/confirmation",
                en="a temporary password: PUT /v1/auth/password; a second factor: PUT /v1/auth/second-factor, "
                "then PUT /v1/auth/second-factor/confirmation",
            )
        )


class WrongAudience(Forbidden):
    code = "wrong_audience"
    title = Text(zh="该接口不面向此类调用者", en="This endpoint is not for callers of this kind")


class Authenticator(Protocol):
    """Turns the `Authorization` header into a caller."""

    def known(self, authorization: str) -> Principal | None:
        """The caller whose header is passed on as it is, where that can be said at once; None: ask `caller`."""

    async def caller(self, authorization: str | None) -> tuple[Principal | None, bytes | None]:
        """The caller (None for the public), and the header to pass on in place of the one given (None: as it is).

        Raises Unauthorized for a credential that does not hold.
        """


class Limiter(Protocol):
    """Counts requests; each method raises a Problem where a quota is used up, and says the quota on the answer."""

    def holds(self, authorization: str) -> bool:
        """Whether it was good the last time: then it is checked without `before_credential`."""

    async def before_credential(self, passage: Passage, authorization: str) -> None:
        """Asked before a credential is checked."""

    async def bad_credential(self, passage: Passage, authorization: str) -> None:
        """Told of one that did not hold."""

    def good_credential(self, authorization: str) -> None:
        """Told of one that held."""

    def admitted(self, passage: Passage) -> bool:
        """`admit` where it need not wait; False: ask that."""

    async def admit(self, passage: Passage) -> None:
        """Asked once it is known who calls, before it is judged whether they may."""


class _Asked(NamedTuple):
    """What a request says, whoever sends it."""

    framing: Framing
    route: RoutePolicy
    marks: tuple[tuple[bytes, bytes], ...]
    """On its answer: what pages of which origin may read it."""
    authorization: Credential | None


class Gate:
    """Lets a request pass, or raises the Problem that refuses it."""

    def __init__(
        self,
        policy: PolicyTable,
        authenticator: Authenticator,
        *,
        cors: Cors | None = None,
        limiter: Limiter | None = None,
        steps: Sequence[Step] = (),
        refused: Callable[[Scope, RoutePolicy, Principal | None, Verdict], Awaitable[None]] | None = None,
    ) -> None:
        self.policy, self._authenticator, self._limiter = policy, authenticator, limiter
        self._cors = cors or Cors()
        self._steps = tuple(steps)
        self._refused = refused

    def preflight(self, scope: Scope) -> list[tuple[bytes, bytes]] | None:
        """What a browser is told that asks whether a page may call; None for a request that does not ask this."""
        if scope["method"] != "OPTIONS":
            return None
        admit(scope)
        return self._cors.preflight(scope, self.policy)

    async def pass_through(self, scope: Scope) -> Passage:
        asked = self._asked(scope)
        route = asked.route
        state = scope["state"]
        state["route"], state["rate_class"] = route.template, route.rate
        client = scope.get("client")
        passage = state["passage"] = Passage(route, asked.framing, None, client[0] if client else "unknown")
        passage.answer_headers += asked.marks
        if not self._recognised(asked.authorization, passage):
            await self._recognise(asked.authorization, passage)
        state["principal"] = passage.principal
        if self._limiter is not None and not self._limiter.admitted(passage):
            await self._limiter.admit(passage)
        verdict = decide(route, passage.principal)
        if verdict is not Verdict.ALLOWED:
            if self._refused is not None:
                await self._refused(scope, route, passage.principal, verdict)
            raise refusal(route, passage.principal, verdict)
        for step in self._steps:
            waiting = step(scope, passage)
            if waiting is not None:
                await waiting
        return passage

    def _asked(self, scope: Scope) -> _Asked:
        """What a request says, whoever sends it: worked out once where a client asks the same again."""
        target = scope["method"], scope["raw_path"], scope["query_string"], scope["http_version"]
        return known_of(scope["headers"], self, target, lambda: self._admitted(scope))

    def _admitted(self, scope: Scope) -> _Asked:
        framing = admit(scope)
        headers = scope["headers"]
        route = self.policy.match(scope["method"], scope["raw_path"])
        return _Asked(framing, route, self._cors.marks(headers, route), known(headers, _authorization))

    def _recognised(self, authorization: Credential | None, passage: Passage) -> bool:
        """Whether no credential is given, or one that held before and is known still."""
        if authorization is None:
            return True
        if _signs_in(passage.route) or (self._limiter is not None and not self._limiter.holds(authorization)):
            return False
        passage.principal = self._authenticator.known(authorization)
        return passage.principal is not None

    async def _recognise(self, authorization: Credential | None, passage: Passage) -> None:
        """Who calls, where a credential says so."""
        if authorization is None or _signs_in(passage.route):
            return
        held = self._limiter is None or self._limiter.holds(authorization)
        if self._limiter is not None and not held:
            await self._limiter.before_credential(passage, authorization)
        try:
            passage.principal, passage.authorization = await self._authenticator.caller(authorization)
        except Unauthorized:
            if self._limiter is not None:
                await self._limiter.bad_credential(passage, authorization)
            raise
        if self._limiter is not None:
            self._limiter.good_credential(authorization)


def refusal(route: RoutePolicy, principal: Principal | None, verdict: Verdict) -> Exception:
    """The problem that a verdict other than ALLOWED is answered with."""
    if principal is None or verdict is Verdict.NOT_SIGNED_IN:
        return Unauthorized()
    if Audience.RESTRICTED in audiences_of(principal.roles):
        return SetUpFirst()
    if verdict is Verdict.MISSING_SCOPE:
        missing = missing_scopes(route, principal)
        text = Text(zh="缺少权限：{scopes}", en="Missing scope: {scopes}").format(scopes=" ".join(missing))
        return Forbidden(text, missing_scopes=missing)
    return WrongAudience(_NOT_FOR_YOU.format(audience=", ".join(sorted(route.audience))))


def _signs_in(route: RoutePolicy) -> bool:
    """Its `Authorization` is a client's name and secret (RFC 6749 2.3.1), no token."""
    return route.template == "/v1/auth/token"


def _authorization(headers: RawHeaders) -> Credential | None:
    """Two of them would be one to us and perhaps the other to whoever reads the logs: refused as no token."""
    given = [value for name, value in headers if name == b"authorization"]
    return Credential(b", ".join(given).decode("latin-1")) if given else None
