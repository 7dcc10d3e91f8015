"""HTTP of an application as a workbook."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.identifiers.types import PermitNumber, Uscc
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id
from services.kit.uploads import CSV, XLSX, FileEmpty, SmallFile, file_body, file_router
from services.permits.application_drafts import views
from services.permits.application_drafts.errors import ApplicationDraftInvalid, ApplicationDraftOpen
from services.permits.application_drafts.events import path_of
from services.permits.application_drafts.schemas import ApplicationDraftRead
from services.permits.application_sheets import service
from services.permits.application_sheets.errors import ApplicationSheetInvalid, ApplicationTooLong
from services.permits.applications.errors import (
    ApplicationNotFound,
    ApplicationStepNotOpen,
    ApplicationSuperseded,
)
from services.permits.applications.schemas import ApplicationKind
from services.permits.auth import Filer
from services.permits.batches.errors import FileUnreadable
from services.permits.drafts.errors import DraftChanged, DraftEnded, DraftNotFound
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.permits.errors import PermitNotFound
from services.permits.sheets.router import as_file, file_answer

router = new_router("/v1/permits/application-sheets", tag="applications")
files = file_router("/v1/permits/application-sheets", tag="applications")


@router.get(
    "/enterprises/{uscc}/blank",
    summary="预填申请表（XLSX） Workbook of a new application, pre-filled",
    response_class=Response,
    responses={
        **file_answer(XLSX),
        **problem_responses(EnterpriseNotFound, PermitNotFound, ApplicationTooLong),
    },
)
async def read_application_blank(
    uscc: Uscc,
    filer: Filer,
    session: Session,
    kind: ApplicationKind = "first",
    permit_number: Annotated[
        PermitNumber | None, Query(description="the permit that it is about; none of a first application")
    ] = None,
) -> Response:
    content = await service.blank(session, filer, uscc=uscc, kind=kind, permit_number=permit_number)
    return as_file(content, XLSX, f"application-{kind}.xlsx")


@router.get(
    "/corrections/{application_id}",
    summary="补正申请表（XLSX） Workbook of the correction of an application",
    response_class=Response,
    responses={**file_answer(XLSX), **problem_responses(ApplicationNotFound, ApplicationTooLong)},
)
async def read_correction_workbook(application_id: Id, filer: Filer, session: Session) -> Response:
    content = await service.correction(session, filer, application_id=application_id)
    return as_file(content, XLSX, f"correction-{application_id}.xlsx")


@router.get(
    "/drafts/{application_draft_id}",
    summary="申请草稿的申请表（XLSX） Workbook of a draft application",
    response_class=Response,
    responses={**file_answer(XLSX), **problem_responses(DraftNotFound, ApplicationTooLong)},
)
async def read_draft_workbook(application_draft_id: Id, filer: Filer, session: Session) -> Response:
    content = await service.of_draft(session, filer, draft_id=application_draft_id)
    return as_file(content, XLSX, f"draft-{application_draft_id}.xlsx")


@files.post(
    "/annotations",
    summary="试算：标注错误的申请表 Check the sheet of an application; the answer is the sheet with its errors marked",
    response_class=Response,
    openapi_extra=file_body(XLSX, CSV),
    responses={
        **file_answer(XLSX),
        **problem_responses(
            FileEmpty, FileUnreadable, EnterpriseNotFound, PermitNotFound, ApplicationNotFound
        ),
    },
)
async def annotate_application(filer: Filer, file: SmallFile, session: Session) -> Response:
    return as_file(await service.annotated(session, filer, file), XLSX, "checked.xlsx")


@files.post(
    "/drafts",
    summary="以申请表填报、修改申请草稿 File or change a draft application by its sheet",
    response_model=ApplicationDraftRead,
    openapi_extra=file_body(XLSX, CSV),
    responses=problem_responses(
        FileEmpty,
        FileUnreadable,
        ApplicationSheetInvalid,
        EnterpriseNotFound,
        PermitNotFound,
        ApplicationDraftOpen,
        ApplicationDraftInvalid,
        ApplicationNotFound,
        ApplicationStepNotOpen,
        ApplicationSuperseded,
        DraftNotFound,
        DraftEnded,
        DraftChanged,
    ),
)
async def file_application_sheet(
    filer: Filer, file: SmallFile, session: Session, response: Response
) -> object:
    draft = await service.take(session, filer, file)
    response.headers["location"] = path_of(draft.id)
    response.headers["etag"] = views.etag(draft)
    return draft
