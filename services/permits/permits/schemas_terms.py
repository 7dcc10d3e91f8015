"""What a permit says beside its outlets and limits (条例 art. 13, groups 1-4, 6, 8-11), over the wire."""

from typing import Annotated, Literal

from pydantic import Field

from services.kit.identifiers.types import OutletCode, RegionCode
from services.kit.schemas import ONE_LINE, LongText, Schema, ShortText, Whole

PollutantCode = Annotated[
    str, Field(pattern=r"^[a-z]\d{5}$", description="HJ 212-2017 code, such as a21026 (SO2), w01018 (COD)")
]
TreatmentCode = Annotated[
    str, Field(pattern=r"^T[AWNS]\d{3}$", description="污染防治设施编号, such as TA001 (air), TW001 (water)")
]
ProductionCode = Annotated[str, Field(pattern=r"^[A-Z]{2}\d{4}$", description="生产设施编号, such as MF0001")]


class PermitHolder(Schema):
    """Who holds the permit, as it is printed (art. 13(1)); to change it is a change of basic facts (art. 14)."""

    name: ShortText
    address: ShortText = Field(description="住所")
    legal_representative: ShortText = Field(description="法定代表人或者主要负责人")


class ProductionFacility(Schema):
    """A facility in which pollutants arise (产生污染物环节, art. 13(3))."""

    code: ProductionCode
    name: ShortText
    process: ShortText | None = Field(default=None, description="生产单元或产污环节")
    capacity: ShortText | None = Field(default=None, description="设施参数, such as 35 t/h")


class TreatmentFacility(Schema):
    """A facility that treats pollutants (污染防治设施, art. 13(3))."""

    code: TreatmentCode
    name: ShortText
    process: ShortText = Field(description="治理工艺, such as 石灰石-石膏湿法脱硫")
    serves: list[ProductionCode] = Field(default=[], max_length=200, description="whose pollutants it treats")
    outlets: list[OutletCode] = Field(default=[], max_length=50, description="where what is left goes out")


class Frequency(Schema):
    """How often: 1次/季 is `count` 1, `per` quarter; 1次/2年 is `count` 1, `every` 2, `per` year; 1次/班 by shift."""

    count: Whole = Field(ge=1, le=1000)
    per: Literal["hour", "shift", "day", "week", "month", "quarter", "half_year", "year", "batch", "event"]
    every: Whole = Field(default=1, ge=1, le=20)


class MonitoringRequirement(Schema):
    """One row of the self-monitoring plan (自行监测方案, art. 13(8), 19): what is measured where, how and how often."""

    outlet_code: OutletCode | None = Field(default=None, description="null: at `point`, such as 厂界")
    point: ShortText | None = Field(default=None, description="监测点位, where it is no outlet")
    pollutant_code: PollutantCode
    pollutant_name: ShortText
    means: Literal["automatic", "manual"]
    frequency: Frequency | None = Field(default=None, description="of manual monitoring; null: continuous")
    fallback: Frequency | None = Field(
        default=None, description="manual monitoring while the automatic equipment fails"
    )
    sampling: ShortText | None = Field(default=None, description="采样方法及个数")
    instrument: ShortText | None = Field(default=None, description="自动监测仪器名称")
    method: ShortText | None = Field(default=None, description="测定方法标准, such as HJ 57-2017")


class LedgerRequirement(Schema):
    """What the ledger records, how often and in which form (台账, art. 13(8), 21)."""

    category: Literal["basic", "production", "treatment", "monitoring", "other"] = Field(
        description="基本信息, 生产设施运行, 污染防治设施运行, 监测记录 or 其他"
    )
    content: LongText
    frequency: Frequency
    form: Literal["electronic", "paper", "both"] = "both"
    kept_years: Whole = Field(default=5, ge=5, le=100, description="art. 21: five years at least")


class DisclosureRequirement(Schema):
    """What the holder discloses, where and when (信息公开要求, art. 13(9), 23)."""

    content: LongText
    means: ShortText
    timing: ShortText


class Requirement(Schema):
    """A requirement in words, of one facility or outlet or of the whole site."""

    subject: Annotated[str, Field(max_length=20), ONE_LINE] | None = Field(
        default=None, description="code of a facility or outlet; null: the site"
    )
    text: LongText


class Terms(Schema):
    """Everything that a version says beside its outlets, limits, duties to report and monitoring plan."""

    holder: PermitHolder | None = None
    site_address: ShortText | None = Field(default=None, description="生产经营场所所在地 (art. 13(1), 15(2))")
    site_region_code: RegionCode | None = Field(
        default=None,
        description="division (GB/T 2260) in which the site lies, where it is not the enterprise's: alerts and the "
        "public list go by it",
    )
    authority: ShortText | None = Field(default=None, description="发证机关 (art. 13(2))")
    production_facilities: list[ProductionFacility] = Field(default=[], max_length=1000)
    treatment_facilities: list[TreatmentFacility] = Field(default=[], max_length=500)
    operation: list[Requirement] = Field(default=[], max_length=200, description="运行维护要求 (art. 13(6))")
    ledger: list[LedgerRequirement] = Field(default=[], max_length=100)
    disclosure: list[DisclosureRequirement] = Field(default=[], max_length=50)
    fugitive: list[Requirement] = Field(
        default=[], max_length=200, description="无组织排放控制要求 (art. 13(10))"
    )
    other: list[Requirement] = Field(default=[], max_length=100, description="其他要求 (art. 13(11))")
