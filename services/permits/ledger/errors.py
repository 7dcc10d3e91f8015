"""What can go wrong with asking for the ledger's gaps."""

from services.kit.problems import BadRequest
from services.kit.texts import Text


class LedgerSpanTooLong(BadRequest):
    code = "ledger_span_too_long"
    title = Text(
        zh="起止日期颠倒、尚未开始，或时间跨度过长", en="The days are reversed, to come, or too many"
    )
