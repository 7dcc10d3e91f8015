"""HTTP of amounts."""

from services.kit.all_at_once import also_checked_by
from services.kit.routing import problem_responses
from services.kit.routing import router as new_router
from services.permits.amounts import service
from services.permits.amounts.errors import AmountInvalid
from services.permits.amounts.schemas import AmountCreate, AmountRead
from services.permits.auth import Asker

router = new_router("/v1/permits/amounts", tag="amounts")


@router.post(
    "",
    summary="核算实际排放量 Work out an amount, step by step; nothing is saved",
    response_model=AmountRead,
    responses=problem_responses(AmountInvalid),
)
@also_checked_by(service.also_wrong)
async def calculate_amount(content: AmountCreate, asker: Asker) -> object:
    return service.calculate(content)
