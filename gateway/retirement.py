"""Routes on their way out: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), where to go instead; 410 after it."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import format_datetime

from starlette.types import Scope

from gateway.passage import Passage
from gateway.policy.rules import Retirement
from services.kit import clock
from services.kit.problems import Problem
from services.kit.texts import Text

_INSTEAD = Text(zh="请改用 {successor}", en="Use {successor} instead")
_VARIABLE = re.compile(r"\{(\w+)(:path)?\}")


class RouteRetired(Problem):
    """The route was announced to end and has ended: call `successor`."""

    status = 410
    code = "route_retired"
    title = Text(zh="该接口已停用", en="This endpoint has been retired")


def announce(scope: Scope, passage: Passage) -> None:
    """The gate's step: puts the headers on the answer, raises RouteRetired from the sunset on."""
    rule = passage.route.retirement
    if rule is None:
        return
    successor = _successor(rule, passage.route.template, scope["raw_path"])
    passage.answer_headers += headers(rule, successor)
    if rule.sunset is not None and clock.now() >= rule.sunset:
        detail = _INSTEAD.format(successor=successor) if successor else None
        raise RouteRetired(detail, successor=successor, sunset=rule.sunset.isoformat())


def headers(rule: Retirement, successor: str | None) -> list[tuple[bytes, bytes]]:
    """The header fields; `Link` holds the successor and the notice, where there are such."""
    fields = [(b"deprecation", b"@%d" % int(rule.since.timestamp()))]
    if rule.sunset is not None:
        fields.append((b"sunset", format_datetime(rule.sunset.astimezone(UTC), usegmt=True).encode()))
    links = [
        f'<{target}>; rel="{relation}"'
        for target, relation in ((successor, "successor-version"), (rule.notice, "deprecation"))
        if target
    ]
    if links:
        fields.append((b"link", ", ".join(links).encode()))
    return fields


def _successor(rule: Retirement, template: str, raw_path: bytes) -> str | None:
    """The successor's path with the variables of this request's, still encoded as they came."""
    if rule.successor is None or "{" not in rule.successor:
        return rule.successor
    pattern = _VARIABLE.sub(lambda each: f"(?P<{each[1]}>{'.+' if each[2] else '[^/]+'})", template)
    values = re.fullmatch(pattern, raw_path.decode("ascii"))
    if values is None:  # a literal part of the path came percent-encoded
        return None
    return _VARIABLE.sub(lambda each: values[each[1]], rule.successor)
