"""All tables of this service, for migrations."""

from services.permits.batches.models import Batch
from services.permits.credit.models import CreditGrade
from services.permits.documents.models import PermitDocument
from services.permits.drafts.models import Draft
from services.permits.enterprises.models import Enterprise
from services.permits.exceedances.models import ExceedanceConfirmation
from services.permits.ledger.models import LedgerEntry
from services.permits.models import PermitsTable
from services.permits.obligations.models import Obligation
from services.permits.permits.models import EmissionLimit, Outlet, Permit, PermitVersion
from services.permits.reports.models import Report, ReportValue, ReportVersion, Review

METADATA = PermitsTable.metadata

__all__ = [
    "METADATA",
    "Batch",
    "CreditGrade",
    "Draft",
    "EmissionLimit",
    "Enterprise",
    "ExceedanceConfirmation",
    "LedgerEntry",
    "Obligation",
    "Outlet",
    "Permit",
    "PermitDocument",
    "PermitVersion",
    "Report",
    "ReportValue",
    "ReportVersion",
    "Review",
]
