"""The ledger of quotas (总量指标台账) and what replaces what. Pure: no clock, no database.

Sources: 环境保护法 art. 44 (total-emission control of key pollutants: the State Council gives totals, local governments
divide and enforce them); 排污许可管理条例 art. 8 (a new or expanded source states how its quota is got by reduction
elsewhere), art. 21 (what was discharged over the limit counts). The ratio of a replacement is configuration.

A quota is in tonnes a year and holds from its year on until it is taken back. Double entry: each entry takes tonnes
from one account to another, so the sum over all accounts is zero in every year, whatever happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.kit.findings import Findings, pointer
from services.kit.texts import Text

ARTICLE_TOTALS = "环境保护法 第四十四条"
ARTICLE_REPLACEMENT = "排污许可管理条例 第八条"


class Kind(StrEnum):
    """Kinds of accounts."""

    LEAGUE = "league"  # 盟（上级）下达: the world outside, which alone may be below zero
    POOL = "pool"  # 市级储备
    PERMIT = "permit"  # 排污单位
    RETIRED = "retired"  # 已削减: given up for good


class Move(StrEnum):
    """What an entry does."""

    GRANT = "grant"  # 下达
    RECALL = "recall"  # 收回上级
    ALLOCATION = "allocation"  # 分配
    WITHDRAWAL = "withdrawal"  # 核减收回
    REDUCTION = "reduction"  # 减排
    REPLACEMENT = "replacement"  # 削减替代


LEGS: dict[Move, frozenset[tuple[Kind, Kind]]] = {
    Move.GRANT: frozenset({(Kind.LEAGUE, Kind.POOL)}),
    Move.RECALL: frozenset({(Kind.POOL, Kind.LEAGUE)}),
    Move.ALLOCATION: frozenset({(Kind.POOL, Kind.PERMIT)}),
    Move.WITHDRAWAL: frozenset({(Kind.PERMIT, Kind.POOL)}),
    Move.REDUCTION: frozenset({(Kind.PERMIT, Kind.RETIRED), (Kind.POOL, Kind.RETIRED)}),
    Move.REPLACEMENT: frozenset({(Kind.PERMIT, Kind.PERMIT), (Kind.POOL, Kind.PERMIT)}),
}
"""From which account to which; the database holds the same list."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account: `permit_number` of a permit's."""

    kind: Kind
    permit_number: str | None = None


LEAGUE, POOL, RETIRED = Account(Kind.LEAGUE), Account(Kind.POOL), Account(Kind.RETIRED)


@dataclass(frozen=True, slots=True)
class Entry:
    """So many tonnes a year, from here to there, from a year on."""

    move: Move
    source: Account
    target: Account
    tonnes: Decimal
    from_year: int


def quota(entries: Iterable[Entry], account: Account, year: int) -> Decimal:
    """环境保护法 art. 44: what the account holds in `year`, t/a: all that came in by then less what went."""
    held = Decimal(0)
    for entry in entries:
        if entry.from_year <= year:
            held += entry.tonnes if entry.target == account else 0
            held -= entry.tonnes if entry.source == account else 0
    return held


def available(entries: Sequence[Entry], account: Account, from_year: int) -> Decimal:
    """What can be taken from `from_year` on: the least that the account holds in any year from then."""
    years = {from_year, *(entry.from_year for entry in entries if entry.from_year > from_year)}
    return min(quota(entries, account, year) for year in years)


_NOT_ENOUGH = Text(
    zh="自{year}年起可动用的指标只有{left}吨/年", en="only {left} t/a can be taken from {year} on"
)
_FUTURE = Text(zh="文件日期不能晚于今天", en="decided after today")
_BEFORE = Text(
    zh="生效年度不能早于文件年度{year}年",
    en="a decision of {year} does not reach back to the years before it",
)
_ACCOUNT = Text(zh="该类指标变动应写明许可证编号", en="this kind names a permit")
_NO_ACCOUNT = Text(zh="该类指标变动不涉及排污单位", en="this kind is of no permit")
_UNKNOWN = Text(zh="总量控制污染物中没有{pollutant}", en="{pollutant} is not under total control")
_TOO_LITTLE = Text(
    zh="替代削减量{offered}吨/年，少于所需{needed}吨/年的{ratio}倍",
    en="{offered} t/a are given up, less than {ratio} times the {needed} t/a needed",
)
_ITSELF = Text(zh="不能以自身指标替代", en="a source does not replace itself")
_TWICE = Text(zh="同一来源重复", en="the same source appears twice")
_NO_RATIO = Text(zh="该日期没有规定替代倍数", en="no ratio is set for that day")


def check_covered(
    found: Findings, where: str, entries: Sequence[Entry], account: Account, *, tonnes: Decimal, year: int
) -> None:
    """环境保护法 art. 44: nobody gives more than it holds, in that year or any later one. The league may."""
    if account.kind is Kind.LEAGUE:
        return
    left = available(entries, account, year)
    if tonnes > left:
        text = _NOT_ENOUGH.format(year=year, left=format(left, "f"))
        found.add(where, "quota_short", text, article=ARTICLE_TOTALS)


def check_dated(found: Findings, *, decided_on: date, from_year: int, today: date) -> None:
    """A decision is of today or earlier, and takes effect in its own year or later: no clock runs backwards."""
    if decided_on > today:
        found.add("/decided_on", "decided_in_future", _FUTURE, article=ARTICLE_TOTALS)
    if from_year < decided_on.year:
        text = _BEFORE.format(year=decided_on.year)
        found.add(
            "/from_year", "year_before_decision", text, article=ARTICLE_TOTALS, rests_on=("/decided_on",)
        )


def check_pollutant(found: Findings, pollutant: str, controlled: Iterable[str]) -> None:
    """环境保护法 art. 44: only what is controlled has quotas; which pollutants is configuration."""
    if pollutant not in controlled:
        text = _UNKNOWN.format(pollutant=pollutant)
        found.add("/pollutant", "pollutant_not_controlled", text, article=ARTICLE_TOTALS)


def check_account(found: Findings, move: Move, permit_number: str | None) -> None:
    """环境保护法 art. 44: allocation and withdrawal name a permit, grant and recall none; a reduction may."""
    if move in (Move.ALLOCATION, Move.WITHDRAWAL) and permit_number is None:
        found.add("/permit_number", "permit_missing", _ACCOUNT, article=ARTICLE_TOTALS, rests_on=("/kind",))
    if move in (Move.GRANT, Move.RECALL) and permit_number is not None:
        found.add("/permit_number", "permit_superfluous", _NO_ACCOUNT, rests_on=("/kind",))


def legs_of(move: Move, permit_number: str | None) -> tuple[Account, Account]:
    """From which account to which a decision goes. A reduction without a permit is of the city's reserve."""
    permit = Account(Kind.PERMIT, permit_number)
    return {
        Move.GRANT: (LEAGUE, POOL),
        Move.RECALL: (POOL, LEAGUE),
        Move.ALLOCATION: (POOL, permit),
        Move.WITHDRAWAL: (permit, POOL),
        Move.REDUCTION: (permit if permit_number else POOL, RETIRED),
    }[move]


def permitted(stated: Mapping[str, Decimal]) -> Decimal | None:
    """条例 art. 13: what a permit allows in a year, t/a, from what it states by scope; None where it limits no amount.

    The total of the plant (全厂合计) goes before its parts, that of a part (`main_outlets`, `general_outlets`) before
    the sum of its outlets (`main`, `general`); what is `fugitive` is added.
    """
    if "plant" in stated:
        return stated["plant"]
    parts = [
        stated.get("main_outlets", stated.get("main")),
        stated.get("general_outlets", stated.get("general")),
        stated.get("fugitive"),
    ]
    known = [each for each in parts if each is not None]
    return sum(known, Decimal(0)) if known else None


def permitted_under(stated: Iterable[Mapping[str, Decimal]]) -> Decimal | None:
    """As `permitted`, of a pollutant that is limited under several codes."""
    amounts = [each for each in map(permitted, stated) if each is not None]
    return sum(amounts, Decimal(0)) if amounts else None


@dataclass(frozen=True, slots=True)
class Offer:
    """Tonnes a year that one source gives up for another; from the city's reserve where it names no permit."""

    permit_number: str | None
    tonnes: Decimal

    @property
    def account(self) -> Account:
        return Account(Kind.PERMIT, self.permit_number) if self.permit_number else POOL


def check_offset(found: Findings, *, needed: Decimal, offers: Sequence[Offer], ratio: Decimal | None) -> None:
    """条例 art. 8: a new or expanded source is covered by reductions of at least `ratio` times what it needs.

    `ratio` is that of the statement's day; None where none is set.
    """
    rests_on = ("/needed_t", "/sources/*/tonnes", "/pollutant")
    if ratio is None:
        found.add("/pollutant", "ratio_not_set", _NO_RATIO, article=ARTICLE_REPLACEMENT, rests_on=rests_on)
        return
    offered = sum((offer.tonnes for offer in offers), Decimal(0))
    if offered < needed * ratio:
        text = _TOO_LITTLE.format(
            offered=format(offered, "f"), needed=format(needed, "f"), ratio=format(ratio, "f")
        )
        found.add("/sources", "offset_too_small", text, article=ARTICLE_REPLACEMENT, rests_on=rests_on)


def check_sources(found: Findings, *, permit_number: str | None, offers: Sequence[Offer]) -> None:
    """条例 art. 8: reductions are made elsewhere, and each source is named once."""
    seen: set[str | None] = set()
    for index, offer in enumerate(offers):
        where = pointer("sources", index, "permit_number")
        if offer.permit_number is not None and offer.permit_number == permit_number:
            rests = ("/permit_number",)
            found.add(where, "offset_from_itself", _ITSELF, article=ARTICLE_REPLACEMENT, rests_on=rests)
        if offer.permit_number in seen:
            found.add(where, "offset_source_repeated", _TWICE, rests_on=("/sources/*/permit_number",))
        seen.add(offer.permit_number)


def replaced(offers: Sequence[Offer], *, permit_number: str, needed: Decimal, from_year: int) -> list[Entry]:
    """The entries of a replacement: what is needed goes to the new source, in the order of the offers, and the rest
    is given up for good."""
    entries, wanted = [], needed
    target = Account(Kind.PERMIT, permit_number)
    for offer in offers:
        used = min(offer.tonnes, wanted)
        wanted -= used
        parts = ((Move.REPLACEMENT, target, used), (Move.REDUCTION, RETIRED, offer.tonnes - used))
        entries += [
            Entry(move, offer.account, to, tonnes, from_year) for move, to, tonnes in parts if tonnes > 0
        ]
    return entries


class State(StrEnum):
    """States of a replacement statement (削减替代说明)."""

    SUBMITTED = "submitted"  # 已提交
    APPROVED = "approved"  # 已同意
    REFUSED = "refused"  # 不予同意
    WITHDRAWN = "withdrawn"  # 已撤回


class Step(StrEnum):
    """What can happen to a statement."""

    APPROVE = "approve"  # 同意
    REFUSE = "refuse"  # 不同意
    WITHDRAW = "withdraw"  # 撤回


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.SUBMITTED, Step.APPROVE): State.APPROVED,
    (State.SUBMITTED, Step.REFUSE): State.REFUSED,
    (State.SUBMITTED, Step.WITHDRAW): State.WITHDRAWN,
}


def after(state: State, step: Step) -> State | None:
    """条例 art. 8: the state that `step` leads to; None where it is not open. What was decided stays decided."""
    return TRANSITIONS.get((state, step))
