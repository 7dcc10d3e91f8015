"""Settings of the permits service (排污许可)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, SkipValidation
from pydantic_settings import NoDecode, SettingsConfigDict

from services.kit.settings import ServiceSettings
from services.permits.applications.rules_notices import DecisionSchedule
from services.permits.batches.rules import LEAST_YEARS_KEPT
from services.permits.deadlines.rules import PeriodSchedule, TermSchedule
from services.permits.documents.seal import Seal
from services.permits.obligations.rules_notices import Schedule
from services.permits.radar.rules_notices import RenewalSchedule


def _seal(pem: str | None) -> Seal | None:
    return None if pem is None else Seal.from_pem(pem)


class PermitsSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="STEPPE_PERMITS_", populate_by_name=True)

    authority: str = Field(
        default="二连浩特市生态环境局", description="发证机关, as it stands on the documents of permits"
    )
    public_url: str | None = Field(
        default=None,
        description="where the public reaches the gateway: the QR of a document leads there; unset: STEPPE_GATEWAY_URL",
    )
    seal: Annotated[Seal | None, NoDecode, SkipValidation, BeforeValidator(_seal)] = Field(
        default=None,
        description="电子签章 that PDF readers show on the documents of permits, as PEM: a PKCS #8 key without "
        "passphrase and its certificates, its own first; unset: documents are signed by receipts only",
    )
    schedule: Schedule = Field(
        default=Schedule(),
        description="days before and after its due day on which a report is reminded of and escalated, as JSON: "
        "ahead, enterprise, reviewer, inspector",
    )
    decision_schedule: DecisionSchedule = Field(
        default=DecisionSchedule(),
        description="working days before the end of its own periods on which the bureau is reminded of an application, "
        "as JSON: completeness, decision, delivery",
    )
    period_schedule: PeriodSchedule = Field(
        default=PeriodSchedule(),
        description="working days before the last day on which one is reminded of the time to state or to ask for a "
        "hearing, of the hearing, of a replacement and of the feedback of a greenhouse-gas verification, as JSON: "
        "statement, hearing_request, hearing, replacement, feedback",
    )
    renewal_schedule: RenewalSchedule = Field(
        default=RenewalSchedule(),
        description="days before the end of a permit on which its holder is reminded to apply for the renewal, as "
        "JSON: ahead, each 60 at least (条例 art. 14)",
    )
    registration_schedule: TermSchedule = Field(
        default=TermSchedule(),
        description="days before the end of a registration on which it is reminded of, as JSON: ahead",
    )
    emitter_schedule: Schedule = Field(
        default=Schedule(ahead=(30, 14, 1)),
        description="as `schedule`, of the yearly greenhouse-gas report of a key emitter",
    )
    sampling_schedule: Schedule = Field(
        default=Schedule(ahead=(7, 1), enterprise=8, reviewer=15, inspector=31),
        description="as `schedule`, of samples: days before and after the last day of their window; a week is the "
        "laboratory's",
    )
    plausibility_file: Path | None = Field(
        default=None, description="when a reported figure is not believed (TOML), in place of what ships"
    )
    repudiation_days: int = Field(
        default=30,
        ge=1,
        description="how long an enterprise can say that a submission in its name was not its own",
    )
    violations_file: Path | None = Field(
        default=None, description="penalty bands and severity of violations (TOML), in place of what ships"
    )
    credit_url: str = Field(default="http://127.0.0.1:8003", validation_alias="STEPPE_CREDIT_URL")
    record_years: int = Field(
        default=LEAST_YEARS_KEPT,
        ge=LEAST_YEARS_KEPT,
        le=100,
        description="how long ledger and monitoring records are kept (条例 art. 19, 21: five years at least)",
    )
    totals_file: Path | None = Field(
        default=None,
        description="what is under total control and what the plans ask for, in place of the file that ships",
    )
    fuels_file: Path | None = Field(
        default=None, description="the fuels that are known, in place of the file that ships"
    )
    greenhouse_file: Path | None = Field(
        default=None, description="emission factors by year and deadlines, in place of the file that ships"
    )
    performance_file: Path | None = Field(
        default=None, description="editions of the performance grading, in place of the file that ships"
    )
    attachments_waiting_bytes: int = Field(
        default=1024**3, ge=1024, description="how much an enterprise may have sent that no application names"
    )
    attachment_days: int = Field(
        default=90,
        ge=1,
        description="after which a file is forgotten that neither an application nor an open draft names",
    )
