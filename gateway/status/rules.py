"""From what the processes say of themselves to what people are told. Pure: no clock, no network.

A part is up, weak (works, but somebody should look) or down; a service is as its worst part, the whole as its
worst service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from services.kit.texts import Text

FAR_BEHIND = 1000
"""Events that a consumer may be behind its feed before it counts as weak."""
LONG_SILENCE_SECONDS = 120
"""A consumer asks at least every 20 s; this long without an answer is no accident."""
MANY_UNNUMBERED = 1000
"""Committed events that may wait for their position."""


class State(StrEnum):
    """Worst last."""

    UP = "up"
    WEAK = "weak"
    DOWN = "down"


_ORDER = tuple(State)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a service needs or does. `note` says what is wrong, or a figure worth reading."""

    name: str
    title: Text
    state: State
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """One process, or the instances of one."""

    name: str
    state: State
    version: str | None
    started_at: str | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Calls:
    """How calls to a service go, as the gateway sees it."""

    breaker: str
    instances: int
    ejected: int


_DATABASE = Text(zh="数据库", en="Database")
_ANSWERS = Text(zh="应答", en="Answers")
_REQUESTS = Text(zh="接收请求", en="Takes requests")
_DRAINING = Text(zh="正在停止，只完成已有请求", en="is ending; finishes what it has")
_REFUSES = Text(zh="不接收，原因见该进程的 /readyz", en="does not; its /readyz says why")
_CALLS = Text(zh="经网关的调用", en="Calls through the gateway")
_FEED = Text(zh="事件流", en="Event feed")
_READS = Text(zh="读取{feed}的事件", en="Reads the events of {feed}")
_FEEDS: Mapping[str, Text] = MappingProxyType(
    {
        "permits": Text(zh="排污许可", en="permits"),
        "waste": Text(zh="固废与医废", en="waste"),
        "credit": Text(zh="环境信用", en="credit"),
        "emergency": Text(zh="应急物资", en="emergency"),
    }
)
_COUNTERS = Text(zh="限流计数", en="Rate limit counters")
_SILENT = Text(zh="没有应答", en="does not answer")
_AWAY = Text(zh="不可用", en="unavailable")
_TOOK = Text(zh="{ms} 毫秒", en="{ms} ms")
_NEWEST = Text(zh="最新位置 {position}", en="newest position {position}")
_UNNUMBERED = Text(
    zh="最新位置 {position}，{count} 条待编号", en="newest position {position}, {count} unnumbered"
)
_CAUGHT_UP = Text(zh="已读到最新", en="has read everything")
_BEHIND = Text(zh="落后 {behind} 条", en="{behind} events behind")
_PARKED = Text(
    zh="{parked} 条无法处理，须人工查看", en="{parked} events could not be applied; somebody must look"
)
_NO_FEED = Text(zh="{seconds} 秒没有读到事件流", en="has not reached the feed for {seconds} s")
_OPEN = Text(zh="连续失败，暂停转发", en="too many calls failed; calls are held back")
_PROBING = Text(zh="正在试探恢复", en="trying whether it has recovered")
_EJECTED = Text(
    zh="{instances} 个实例中 {ejected} 个被移出", en="{ejected} of {instances} instances are left out"
)
_SHARED = Text(zh="共享", en="shared")
_MEMORY = Text(zh="本进程内存", en="in this process's memory")
_ALONE = Text(
    zh="共享存储无应答，各网关单独计数", en="the shared store does not answer; each gateway counts alone"
)


def worst(states: Iterable[State]) -> State:
    """`UP` for none."""
    return max(states, key=_ORDER.index, default=State.UP)


def service_of(name: str, said: Mapping[str, Any] | None, calls: Calls, newest: Mapping[str, int]) -> Service:
    """A service from its `/readyz` (None: no answer); `newest` are the positions of all feeds."""
    if said is None:
        parts: tuple[Part, ...] = (Part("answers", _ANSWERS, State.DOWN, _SILENT),)
    else:
        parts = (
            *_itself(said),
            *_feed(said),
            *(_consumer(each, newest) for each in said.get("consumers", ())),
        )
    parts = (*parts, _calls(calls))
    about = said or {}
    return Service(
        name, worst(part.state for part in parts), about.get("version"), about.get("started_at"), parts
    )


def gateway_of(said: Mapping[str, Any], *, counters: str) -> Service:
    """The gateway itself; `counters` is `memory`, `shared` or `alone`."""
    standing = {"memory": (State.UP, _MEMORY), "shared": (State.UP, _SHARED), "alone": (State.WEAK, _ALONE)}
    state, note = standing[counters]
    parts = (*_itself(said), Part("counters", _COUNTERS, state, note))
    overall = worst(part.state for part in parts)
    return Service("gateway", overall, said.get("version"), said.get("started_at"), parts)


def _itself(said: Mapping[str, Any]) -> Iterable[Part]:
    """Whether it takes requests, and its database; one that is told to end looks at nothing any more."""
    if said.get("status") == "draining":
        yield Part("requests", _REQUESTS, State.WEAK, _DRAINING)
        return
    database = _database(said)
    if said.get("status") != "ok" and database.state is State.UP:
        yield Part("requests", _REQUESTS, State.DOWN, _REFUSES)
    yield database


def _database(said: Mapping[str, Any]) -> Part:
    if said.get("database") != "ok":
        return Part("database", _DATABASE, State.DOWN, _AWAY)
    took = said.get("database_ms")
    return Part("database", _DATABASE, State.UP, None if took is None else _TOOK.format(ms=took))


def _feed(said: Mapping[str, Any]) -> Iterable[Part]:
    feed = said.get("feed")
    if feed is not None:
        count = feed["unnumbered"]
        state = State.WEAK if count > MANY_UNNUMBERED else State.UP
        text = _UNNUMBERED if count else _NEWEST
        yield Part("feed", _FEED, state, text.format(position=feed["position"], count=count))


def _consumer(said: Mapping[str, Any], newest: Mapping[str, int]) -> Part:
    feed = said.get("reads") or said["name"]
    named = _FEEDS.get(feed, Text(zh=feed, en=feed))
    title = Text(zh=_READS.zh.format(feed=named.zh), en=_READS.en.format(feed=named.en))
    behind = max(0, newest.get(said.get("reads") or "", said["position"]) - said["position"])
    if said["parked"]:
        return Part(said["name"], title, State.WEAK, _PARKED.format(parked=said["parked"]))
    if said.get("silent_s", 0) > LONG_SILENCE_SECONDS:
        return Part(said["name"], title, State.WEAK, _NO_FEED.format(seconds=said["silent_s"]))
    note = _BEHIND.format(behind=behind) if behind else _CAUGHT_UP
    return Part(said["name"], title, State.WEAK if behind > FAR_BEHIND else State.UP, note)


def _calls(calls: Calls) -> Part:
    if calls.breaker == "open":
        return Part("calls", _CALLS, State.DOWN, _OPEN)
    if calls.breaker == "half_open":
        return Part("calls", _CALLS, State.WEAK, _PROBING)
    if calls.ejected:
        note = _EJECTED.format(ejected=calls.ejected, instances=calls.instances)
        return Part("calls", _CALLS, State.WEAK, note)
    return Part("calls", _CALLS, State.UP)
