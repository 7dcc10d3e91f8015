"""Use case of whoever wants to know: work an amount out. Nothing is read and nothing saved."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.findings import Findings
from services.permits.amounts import rules
from services.permits.amounts.errors import AmountInvalid
from services.permits.amounts.schemas import AmountCreate, AmountRead, CalculationContent, PointContent


def inputs_of(content: CalculationContent, *, medium: str, pollutant: str | None = None) -> rules.Inputs:
    """What was given, as the rules take it; `pollutant` by its code, where the amount is of a known one."""
    balance, coefficient, automatic = content.balance, content.coefficient, content.automatic
    return rules.Inputs(
        medium=medium,
        due=automatic.due if automatic else None,
        automatic=_points(automatic.points) if automatic else None,
        manual=_points(content.manual) if content.manual else None,
        balance=rules.Balance(**balance.model_dump(exclude={"fuel_facts"})) if balance else None,
        coefficient=rules.Coefficient(coefficient.activity, coefficient.factor_kg, coefficient.efficiency)
        if coefficient
        else None,
        abnormal=_points(content.abnormal),
        pollutant=pollutant,
    )


def _points(given: Sequence[PointContent]) -> list[rules.Point]:
    return [rules.Point(each.concentration, each.flow, each.count, each.substituted) for each in given]


def findings_of(content: AmountCreate) -> Findings:
    found = Findings()
    rules.check_inputs(found, "", inputs_of(content, medium=content.medium))
    return found


async def also_wrong(_: AsyncSession, __: Principal, content: AmountCreate) -> Findings:
    """What the rules say about a calculation whose shape is wrong in places."""
    return findings_of(content)


def calculate(content: AmountCreate) -> AmountRead:
    """The amount by the law's first usable means, with every step."""
    findings_of(content).raise_if_any(AmountInvalid)
    return view(rules.amount(inputs_of(content, medium=content.medium)))


def view(amount: rules.Amount) -> AmountRead:
    return AmountRead.model_validate(
        {
            "method": amount.chosen.method,
            "amount_t": amount.amount_t,
            "article": rules.ARTICLE_ORDER,
            "chosen": amount.chosen,
            "added": amount.added,
            "others": list(amount.others),
            "missing": amount.missing,
            "automatic_unusable": amount.automatic_unusable,
        }
    )
