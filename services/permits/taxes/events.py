"""Facts about what was declared for the environmental protection tax."""

import uuid

from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text


class TaxDeclared(Schema):
    """Payload: whose, for which period, and which one it corrects; amounts are at its address."""

    tax_declaration_id: uuid.UUID
    uscc: str
    permit_number: str | None
    year: int
    quarter: int | None
    supersedes: uuid.UUID | None


TAX_DECLARED = EventType(
    "permits.tax_declared.v1",
    TaxDeclared,
    Text(zh="环境保护税申报信息已接收", en="What was declared for the environmental tax came in"),
)
