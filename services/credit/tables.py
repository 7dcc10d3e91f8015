"""All tables of this service, for migrations."""

from services.credit.candidates.models import Candidate
from services.credit.grading.models import Evaluation, RulePack
from services.credit.log.models import LogCheckpoint, LogEntry, LogNode
from services.credit.models import CreditTable
from services.credit.records.models import Record
from services.credit.statements.models import Statement

METADATA = CreditTable.metadata

__all__ = [
    "METADATA",
    "Candidate",
    "Evaluation",
    "LogCheckpoint",
    "LogEntry",
    "LogNode",
    "Record",
    "RulePack",
    "Statement",
]
