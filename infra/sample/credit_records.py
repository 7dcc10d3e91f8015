"""What happened to the permit holders in two years that belongs into the credit ledger. Invented, repeatable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from infra.sample.draws import stream
from infra.sample.types import SampleCity

BUREAU = "锡林郭勒盟生态环境局二连浩特市分局"
SQUAD = "二连浩特市生态环境综合行政执法大队"
DAYS = 720
INSPECTIONS, FINES, ORDERS, INCIDENTS, COMMENDED = 26, 6, 14, 4, 10
WAITING = 4
"""The newest ones still wait: two for an approver, two in draft."""


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """One record: its content as a clerk enters it, and how far it has come."""

    uscc: str
    kind: str
    number: str
    summary: str
    act_date: date
    decision_date: date
    clause: str | None = None
    source: str = SQUAD
    more: dict[str, Any] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """Fields of `RecordCreate`."""
        return {
            "uscc": self.uscc,
            "kind": self.kind,
            "source": self.source,
            "document_number": self.number,
            "summary": self.summary,
            "act_date": self.act_date,
            "decision_date": self.decision_date,
            "clause": self.clause,
            **self.more,
        }


def make_records(city: SampleCity, *, seed: int) -> list[SampleRecord]:
    """About sixty records in the order of their decisions, all of permit holders."""
    records = [*_inspections(city, seed), *_fines(city, seed), *_orders(city, seed)]
    records += [*_incidents(city, seed), *_commendations(city, seed)]
    return sorted(records, key=lambda record: (record.decision_date, record.number))


def _holders(city: SampleCity) -> tuple[list[str], list[str]]:
    """Those that break rules now and then, and those that do not: every second permit holder each."""
    usccs = list(dict.fromkeys(permit.enterprise_uscc for permit in city.permits))
    return usccs[::2], usccs[1::2]


def _days(
    city: SampleCity, seed: int, name: str, count: int, *, lately: int = 0
) -> Iterator[tuple[int, date]]:
    """Days of the past two years; the first `lately` of them in the past five months, so that they count today."""
    rng = stream(seed, "credit", name)
    for index in range(count):
        within = (30, 150) if index < lately else (8, DAYS)
        yield index, city.as_of - timedelta(days=rng.randint(*within))


def _inspections(city: SampleCity, seed: int) -> Iterator[SampleRecord]:
    everybody = [uscc for group in _holders(city) for uscc in group]
    for index, day in _days(city, seed, "inspections", INSPECTIONS):
        yield SampleRecord(
            uscc=everybody[index * 7 % len(everybody)],
            kind="compliance",
            number=f"二环查〔{day.year}〕{index + 1}号",
            summary="“双随机、一公开”检查，未发现环境违法行为",
            act_date=day,
            decision_date=day,
        )


def _fines(city: SampleCity, seed: int) -> Iterator[SampleRecord]:
    rng, (breakers, _) = stream(seed, "credit", "fines in yuan"), _holders(city)
    for index, day in _days(city, seed, "fines", FINES, lately=4):
        yield SampleRecord(
            uscc=breakers[index // 2 * 3 % len(breakers)],  # two each: once more makes yellow
            kind="violation",
            number=f"锡环罚〔{day.year}〕{index + 11}号",
            summary="大气污染物排放浓度超过排污许可证许可限值，责令改正并处罚款",
            act_date=day - timedelta(days=rng.randint(30, 60)),
            decision_date=day,
            clause="air_exceedance_fined",
            source=BUREAU,
            more={
                "severity": "general",
                "severity_basis": "处以较大数额罚款",
                "fine_cny": f"{rng.randint(10, 40) * 10_000}.00",
            },
        )


def _orders(city: SampleCity, seed: int) -> Iterator[SampleRecord]:
    rng, (breakers, _) = stream(seed, "credit", "orders, days before"), _holders(city)
    for index, day in _days(city, seed, "orders", ORDERS):
        yield SampleRecord(
            uscc=breakers[index * 5 % len(breakers)],
            kind="violation",
            number=f"二环责改〔{day.year}〕{index + 1}号",
            summary=("环境管理台账记录不完整", "未按规定提交执行报告", "自行监测频次不足")[index % 3]
            + "，责令限期改正",
            act_date=day - timedelta(days=rng.randint(3, 20)),
            decision_date=day,
            clause="warning_or_order",
            more={"severity": "minor", "severity_basis": "责令改正，未处罚款"},
        )


def _incidents(city: SampleCity, seed: int) -> Iterator[SampleRecord]:
    breakers, _ = _holders(city)
    for index, day in _days(city, seed, "incidents", INCIDENTS):
        yield SampleRecord(
            uscc=breakers[(index * 4 + 1) % len(breakers)],
            kind="incident",
            number=f"二环应急〔{day.year}〕{index + 1}号",
            summary="柴油储罐阀门渗漏，及时处置，未造成水体污染；认定为一般突发环境事件以下",
            act_date=day - timedelta(days=6),
            decision_date=day,
            clause="warning_or_order" if index % 2 else None,
        )


def _commendations(city: SampleCity, seed: int) -> Iterator[SampleRecord]:
    _, clean = _holders(city)
    for index, day in _days(city, seed, "commendations", COMMENDED, lately=6):
        yield SampleRecord(
            uscc=clean[index],
            kind="commendation",
            number=f"二环信〔{day.year}〕{index + 1}号",
            summary=f"已作出环境信用承诺，{'两年' if index % 2 else '一年'}内无不良记录",
            act_date=day,
            decision_date=day,
            clause="clean_two_years" if index % 2 else "clean_one_year",
            source=BUREAU,
        )
