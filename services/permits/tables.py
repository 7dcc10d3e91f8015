"""All tables of this service, for migrations."""

from services.permits.alerts.models import AlertPeriod
from services.permits.application_drafts.models import ApplicationDraft
from services.permits.applications.models import (
    Application,
    ApplicationFinding,
    ApplicationNotice,
    ApplicationStep,
    ApplicationVersion,
)
from services.permits.attachments.models import Attachment, AttachmentPiece, AttachmentUse, ReportAnnex
from services.permits.batches.models import Batch
from services.permits.confidentiality.models import Withholding
from services.permits.credit.models import CreditGrade
from services.permits.deadlines.models import DeadlineNotice
from services.permits.documents.models import PermitDocument
from services.permits.drafts.models import Draft
from services.permits.eia.models import EiaDocument
from services.permits.endings.models import EndingDecision, EndingProposal, EndingStep
from services.permits.enterprises.models import Enterprise
from services.permits.exceedances.models import ExceedanceConfirmation
from services.permits.fuels.models import FuelFactRow, FuelFactVersion
from services.permits.greenhouse.models import (
    EmitterNotice,
    GreenhouseFact,
    GreenhouseReport,
    GreenhouseStep,
    GreenhouseUnit,
    GreenhouseVersion,
)
from services.permits.ledger.models import LedgerEntry
from services.permits.models import PermitsTable
from services.permits.monitoring.models import MonitoringRecord
from services.permits.notices.models import Notice, NoticeAnswer, NoticeComment, NoticeEnding
from services.permits.obligations.models import DueOverride, Obligation, ObligationNotice, SamplingNotice
from services.permits.performance.models import (
    MeasurePlan,
    MeasureRow,
    PerformanceClass,
    PerformanceDeclaration,
    PerformanceStep,
)
from services.permits.permits.models import (
    EmissionLimit,
    MonitoringPlanRow,
    Outlet,
    Permit,
    PermitVersion,
    PlantLimit,
    SpecialLimit,
)
from services.permits.prints.models import ReportPrint
from services.permits.registrations.models import Registration, RegistrationReview, RegistrationVersion
from services.permits.replacements.models import CertificateCopy, ReplacementRequest
from services.permits.reports.models import Report, ReportValue, ReportVersion, Repudiation, Review
from services.permits.taxes.models import TaxDeclaration, TaxLine
from services.permits.totals.models import (
    FiguresEdition,
    OffsetStatement,
    QuotaBook,
    QuotaEntry,
    YearFigure,
)
from services.permits.violations.models import Violation, ViolationStep

METADATA = PermitsTable.metadata

__all__ = [
    "METADATA",
    "AlertPeriod",
    "Application",
    "ApplicationDraft",
    "ApplicationFinding",
    "ApplicationNotice",
    "ApplicationStep",
    "ApplicationVersion",
    "Attachment",
    "AttachmentPiece",
    "AttachmentUse",
    "Batch",
    "CertificateCopy",
    "CreditGrade",
    "DeadlineNotice",
    "Draft",
    "DueOverride",
    "EiaDocument",
    "EmissionLimit",
    "EmitterNotice",
    "EndingDecision",
    "EndingProposal",
    "EndingStep",
    "Enterprise",
    "ExceedanceConfirmation",
    "FiguresEdition",
    "FuelFactRow",
    "FuelFactVersion",
    "GreenhouseFact",
    "GreenhouseReport",
    "GreenhouseStep",
    "GreenhouseUnit",
    "GreenhouseVersion",
    "LedgerEntry",
    "MeasurePlan",
    "MeasureRow",
    "MonitoringPlanRow",
    "MonitoringRecord",
    "Notice",
    "NoticeAnswer",
    "NoticeComment",
    "NoticeEnding",
    "Obligation",
    "ObligationNotice",
    "OffsetStatement",
    "Outlet",
    "PerformanceClass",
    "PerformanceDeclaration",
    "PerformanceStep",
    "Permit",
    "PermitDocument",
    "PermitVersion",
    "PlantLimit",
    "QuotaBook",
    "QuotaEntry",
    "Registration",
    "RegistrationReview",
    "RegistrationVersion",
    "ReplacementRequest",
    "Report",
    "ReportAnnex",
    "ReportPrint",
    "ReportValue",
    "ReportVersion",
    "Repudiation",
    "Review",
    "SamplingNotice",
    "SpecialLimit",
    "TaxDeclaration",
    "TaxLine",
    "Violation",
    "ViolationStep",
    "Withholding",
    "YearFigure",
]
