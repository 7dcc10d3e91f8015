"""HTTP of statements."""

import uuid
from typing import Annotated

from fastapi import Query, Response

from services.credit.auth import Reader, StatementReader, Stater
from services.credit.grading.errors import SubjectNotFound
from services.credit.statements import repository, service
from services.credit.statements.errors import (
    EvaluationOutdated,
    NotEvaluated,
    StatementExpired,
    StatementNotFound,
)
from services.credit.statements.schemas import StatementCreate, StatementRead, StatementSummary
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Page

router = new_router("/v1/credit/statements", tag="statements")


@router.get("", summary="声明列表 List statements", response_model=Page[StatementSummary])
async def list_statements(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
) -> object:
    found, following = await repository.page_of(session, rows=reader.rows, query=paging, uscc=uscc)
    return {"items": found, "next_cursor": following}


@router.post(
    "",
    summary="出具信用状况声明 Issue a signed statement",
    status_code=201,
    response_model=StatementRead,
    responses=problem_responses(SubjectNotFound, NotEvaluated, EvaluationOutdated),
)
async def issue_statement(
    content: StatementCreate, stater: Stater, session: Session, office: service.Office, response: Response
) -> object:
    statement = await service.issue(session, stater, uscc=content.uscc, office=office)
    response.headers["location"] = f"/v1/credit/statements/{statement.id}"
    return statement


@router.get(
    "/{statement_id}",
    summary="信用状况声明 Read a statement",
    response_model=StatementRead,
    responses=problem_responses(StatementNotFound, StatementExpired),
)
async def read_statement(statement_id: uuid.UUID, reader: StatementReader, session: Session) -> object:
    return await service.read(session, reader, statement_id=statement_id)
