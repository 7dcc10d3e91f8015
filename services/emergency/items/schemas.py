"""Items over the wire."""

import uuid
from typing import Literal

from pydantic import Field

from services.emergency.types import ItemCode
from services.kit.schemas import Flag, Moment, Schema, ShortText

Category = Literal[
    "source_cutoff",
    "pollutant_control",
    "pollutant_collection",
    "pollutant_degradation",
    "safety_protection",
    "communication_command",
    "environmental_monitoring",
]
Unit = Literal["piece", "set", "machine", "bag", "roll", "pair", "vehicle", "m", "m2", "L", "kg"]
CATEGORY_TEXT = "污染源切断, 污染物控制, 污染物收集, 污染物降解, 安全防护, 应急通信和指挥, 环境监测"


class ItemCreate(Schema):
    """What a storekeeper registers."""

    code: ItemCode
    name: ShortText
    category: Category = Field(description=CATEGORY_TEXT)
    specification: ShortText | None = Field(default=None, description="型号/规格")
    unit: Unit = Field(description="what every quantity of this item is counted in")
    perishable: Flag = Field(description="its lots have an expiry date")


class ItemRead(Schema):
    """An item as it is registered."""

    id: uuid.UUID
    code: str
    name: str
    category: Category = Field(description=CATEGORY_TEXT)
    specification: str | None
    unit: Unit
    perishable: bool
    created_at: Moment
