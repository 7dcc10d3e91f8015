"""Sentences of enterprises about exceedances (超标说明) and of reviewers who return a report."""

from __future__ import annotations

from decimal import Decimal

from infra.sample.draws import stream
from infra.sample.periods import Period
from infra.sample.permits import Plant, pollutants
from infra.sample.types import Medium, SampleValue

_CAUSES: dict[Medium, tuple[str, ...]] = {
    "air": (
        "启停炉阶段治理设施未达到稳定工况，已优化启停操作规程",
        "除尘器滤袋破损，已于当日更换并恢复达标",
        "燃料品质波动，已更换供应批次并加强入厂检验",
        "引风机故障检修期间负荷不稳，检修后恢复达标",
    ),
    "water": (
        "进水水质冲击，已启用调节池并加大曝气量，次日恢复达标",
        "曝气风机故障，已切换备用风机并恢复达标",
        "低温造成生化系统活性下降，已延长停留时间",
        "加药泵计量偏差，已校准并恢复达标",
    ),
}
_UNITS = {"air": "毫克/立方米", "water": "毫克/升"}

RETURN_COMMENTS = (
    "排放量与监测浓度、运行时间不一致，请核对后重新提交。",
    "生产天数与台账记录不符，请更正并说明。",
    "无数据代码的原因说明不充分，请补充后重新提交。",
    "自行监测结果与本报告数值不一致，请核对原始记录。",
)


def explain(plant: Plant, period: Period, values: tuple[SampleValue, ...], *, seed: int) -> str | None:
    """What the report says about each concentration above its limit; None where there is none."""
    rng = stream(seed, "explanation", plant.permit.permit_number, period.kind, period.start.isoformat())
    sentences = []
    for value, (spec, _, pollutant, _) in zip(values, pollutants(plant), strict=True):
        highest = value.concentration_max
        if highest is None or highest <= pollutant.limit:
            continue
        over = ((highest / pollutant.limit - 1) * 100).quantize(Decimal("0.1"))
        unit = "倍" if pollutant.dimensionless else _UNITS[spec.medium]
        mean = "小时均值" if spec.medium == "air" else "日均值"
        sentences.append(
            f"{value.outlet_code}{pollutant.name}{mean}最大{highest}{unit}，超过许可限值{pollutant.limit}{unit}"
            f"{over}%：{rng.choice(_CAUSES[spec.medium])}。"
        )
    return "".join(sentences) or None
