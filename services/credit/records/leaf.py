"""What the leaf of a record commits to: every word of it, each in its own salted commitment."""

from __future__ import annotations

from datetime import date, datetime

from services.credit.log.leaf import Fields, moment_text
from services.credit.records.models import Record
from services.kit.schemas import plain


def body_of(record: Record, *, recorded_at: datetime) -> Fields:
    """The record's own fields, computed from its row alone so that they can be computed again."""
    return {
        "subject": record.uscc,
        "recorded_at": moment_text(recorded_at),
        "record_id": str(record.id),
        "site": record.site,
        "act_date": record.act_date.isoformat(),
        "decision_date": record.decision_date.isoformat(),
        "effective_from": record.effective_from.isoformat(),
        "effective_to": _day(record.effective_to),
        "severity": record.severity,
        "severity_basis": record.severity_basis,
        "clause": record.clause,
        "points": plain(record.points),
        "rule_pack": record.rule_pack,
        "rule_hash": record.rule_hash,
        "source": record.source,
        "document_number": record.document_number,
        "summary": record.summary,
        "fine_cny": None if record.fine_cny is None else plain(record.fine_cny),
        "candidate_id": str(record.candidate_id) if record.candidate_id else None,
        "version": record.version,
        "entered_by": record.entered_by,
        "entered_at": moment_text(record.entered_at),
        "submitted_by": record.submitted_by,
        "submitted_at": _moment(record.submitted_at),
        "approved_by": record.decided_by,
        "approved_at": _moment(record.decided_at),
        "comment": record.decision_comment,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(moment: datetime | None) -> str | None:
    return moment_text(moment) if moment else None
