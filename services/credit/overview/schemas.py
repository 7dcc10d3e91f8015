"""An enterprise at a glance."""

from pydantic import Field

from services.kit.schemas import Exact, Moment, Schema


class Overview(Schema):
    """How an enterprise stands in the ledger, for a view of it beside the other services'."""

    as_of: Moment
    uscc: str
    grade: str | None
    grade_name: str | None
    score: Exact | None
    rule_pack: str | None
    evaluated_at: Moment | None
    entries: int = Field(description="entries of the log about this enterprise")
    open_candidates: int | None = Field(description="for the bureau only; null for others")
