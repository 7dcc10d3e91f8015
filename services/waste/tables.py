"""All tables of this service, for migrations."""

from services.waste.budgets.models import Budget, BudgetEntry
from services.waste.clocks.models import Deadline
from services.waste.licences.models import Licence, LicenceGroup
from services.waste.manifests.models import (
    Discrepancy,
    Manifest,
    ManifestLine,
    ManifestStep,
    Notice,
    ReceptionLine,
)
from services.waste.medical.models import MedicalBag, MedicalScan
from services.waste.models import WasteTable
from services.waste.plans.models import Plan, PlanLine
from services.waste.units.models import Unit

METADATA = WasteTable.metadata

__all__ = [
    "METADATA",
    "Budget",
    "BudgetEntry",
    "Deadline",
    "Discrepancy",
    "Licence",
    "LicenceGroup",
    "Manifest",
    "ManifestLine",
    "ManifestStep",
    "MedicalBag",
    "MedicalScan",
    "Notice",
    "Plan",
    "PlanLine",
    "ReceptionLine",
    "Unit",
]
