"""The gates of a manifest: what must hold on the day it is submitted. Pure: no clock, no database.

Sources: 危险废物转移管理办法 (Order 23 of 2021) art. 10, 11, 14, 21; 固废法 (2020) art. 80, 82;
危险废物经营许可证管理办法 (Order 408) art. 10, 15. Codes and traits are judged by `services.waste.catalogue.rules`,
yearly scale and planned mass by `services.waste.budgets.rules`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.kit.findings import Findings
from services.kit.texts import Text
from services.waste.licences.rules import ARTICLE_LICENSED, LicenceFact

ARTICLE_QUALIFIED = "危险废物转移管理办法 第十条"
ARTICLE_CARRIER = "危险废物转移管理办法 第十一条"
ARTICLE_PLAN = "危险废物转移管理办法 第十四条"
ARTICLE_PROVINCE = "危险废物转移管理办法 第二十一条；固体废物污染环境防治法 第八十二条"
ARTICLE_LICENCE = f"{ARTICLE_LICENSED}；危险废物经营许可证管理办法 第十五条"


@dataclass(frozen=True, slots=True)
class LineFact:
    """One declared line; `line` counts from 1."""

    line: int
    waste_code: str
    mass_kg: Decimal
    mode: str

    def at(self, name: str) -> str:
        """The place of one of its fields in the document (JSON Pointer)."""
        return f"/lines/{self.line - 1}/{name}"


_NOT_SHIPPER = Text(zh="{uscc}未登记为产废单位", en="{uscc} is not registered as a unit that generates waste")
_NOT_CARRIER = Text(zh="{uscc}未登记为运输单位", en="{uscc} is not registered as a carrier")
_NOT_RECEIVER = Text(zh="{uscc}未登记为接收单位", en="{uscc} is not registered as a receiver")
_NO_LICENCE = Text(zh="没有许可证{number}", en="there is no licence {number}")
_OF_ANOTHER = Text(
    zh="许可证{number}不属于接收单位{uscc}", en="the licence {number} is not the receiver's ({uscc})"
)
_NOT_VALID = Text(
    zh="许可证{number}有效期为{first}至{last}", en="the licence {number} holds from {first} to {last}"
)
_NOT_COVERED = Text(zh="许可证{number}不包括废物{code}", en="the licence {number} does not cover {code}")
_MODE = Text(
    zh="许可证{number}的经营方式不包括该利用处置方式", en="the licence {number} does not allow this treatment"
)
_NO_SCALE = Text(zh="许可证{number}在{year}年没有经营规模", en="the licence {number} has no scale for {year}")
_NO_PLAN = Text(
    zh="场所{site}没有备案{year}年的管理计划", en="no plan for {year} has been filed for site {site}"
)
_NOT_PLANNED = Text(
    zh="{year}年管理计划中没有向{uscc}转移{code}",
    en="the plan for {year} has no transfer of {code} to {uscc}",
)
_PROVINCE = Text(
    zh="跨省转移应经移出地省级生态环境主管部门批准，没有批准记录",
    en="a transfer to another province needs an approval; none is on record",
)


def check_parties(
    found: Findings,
    *,
    shipper: tuple[str, bool],
    carrier: tuple[str, bool],
    receiver: tuple[str, bool],
) -> None:
    """Order 23 art. 10: the shipper makes sure of the others. Each: its USCC, and whether it is registered so."""
    for field, (uscc, registered), text, article in (
        ("shipper_uscc", shipper, _NOT_SHIPPER, ARTICLE_QUALIFIED),
        ("carrier_uscc", carrier, _NOT_CARRIER, ARTICLE_CARRIER),
        ("receiver_uscc", receiver, _NOT_RECEIVER, ARTICLE_QUALIFIED),
    ):
        if not registered:
            code = f"{field.removesuffix('_uscc')}_not_registered"
            found.add(f"/{field}", code, text.format(uscc=uscc), article=article)


def check_province(found: Findings, *, shipper_region: str, receiver_region: str) -> None:
    """Order 23 art. 21, 固废法 art. 82: leaving the province needs an approval beforehand."""
    if shipper_region[:2] != receiver_region[:2]:
        found.add("/receiver_uscc", "cross_province_not_approved", _PROVINCE, article=ARTICLE_PROVINCE)


def check_licence(
    found: Findings, licence: LicenceFact | None, *, number: str, receiver_uscc: str, on: date
) -> None:
    """固废法 art. 80: the receiver holds a licence that holds on the day."""
    named = {"number": number, "uscc": receiver_uscc}
    if licence is None:
        text, code = _NO_LICENCE.format(**named), "licence_not_found"
    elif licence.holder_uscc != receiver_uscc:
        text, code = _OF_ANOTHER.format(**named), "licence_of_another"
    elif not licence.holds_on(on):
        text = _NOT_VALID.format(first=licence.valid_from, last=licence.valid_to, **named)
        code = "licence_not_valid"
    else:
        return
    found.add("/licence_number", code, text, article=ARTICLE_LICENCE)


def check_licensed(
    found: Findings, line: LineFact, licence: LicenceFact, *, covered: bool, scaled: bool, year: int
) -> None:
    """Order 408 art. 10, 15: the licence covers the code and the treatment, and has a scale for the year."""
    number = licence.licence_number
    if not covered:
        text = _NOT_COVERED.format(number=number, code=line.waste_code)
        found.add(line.at("waste_code"), "licence_code_not_covered", text, article=ARTICLE_LICENCE)
    elif not scaled:
        text = _NO_SCALE.format(number=number, year=year)
        found.add(line.at("mass_kg"), "licence_without_scale", text, article=ARTICLE_LICENCE)
    if line.mode not in licence.modes:
        text = _MODE.format(number=number)
        found.add(line.at("mode"), "licence_mode", text, article=ARTICLE_LICENCE)


def check_plan(found: Findings, *, filed: bool, site_code: str, year: int) -> None:
    """Order 23 art. 14: a manifest follows the filed plan."""
    if not filed:
        text = _NO_PLAN.format(site=site_code, year=year)
        found.add("/site_code", "plan_missing", text, article=ARTICLE_PLAN)


def check_planned(
    found: Findings, line: LineFact, planned: Collection[str], *, receiver_uscc: str, year: int
) -> None:
    """Order 23 art. 14: this waste is planned for this receiver; `planned` are the codes that are."""
    if line.waste_code not in planned:
        text = _NOT_PLANNED.format(year=year, uscc=receiver_uscc, code=line.waste_code)
        found.add(line.at("waste_code"), "plan_line_missing", text, article=ARTICLE_PLAN)
