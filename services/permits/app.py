"""The permits service (排污许可): enterprises, permits, obligations, execution reports, disclosure."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI

from services.kit.app import build_service
from services.kit.receipt_keys import ReceiptOffice
from services.kit.settings import SharedSettings
from services.kit.signing import KeyRing
from services.permits.alerts import service as alert_use_cases
from services.permits.alerts.router import router as alerts
from services.permits.amounts.router import router as amounts
from services.permits.application_drafts.router import router as application_drafts
from services.permits.application_sheets.router import files as application_files
from services.permits.application_sheets.router import router as application_sheets
from services.permits.applications import reminders
from services.permits.applications.disclosure_router import router as public_applications
from services.permits.applications.lapsing import deemed_acceptances
from services.permits.applications.review_router import router as application_reviews
from services.permits.applications.router import router as applications
from services.permits.attachments import service as attachment_use_cases
from services.permits.attachments.router import contents as attachment_contents
from services.permits.attachments.router import files as attachment_files
from services.permits.attachments.router import router as attachments
from services.permits.catalogue.router import classifications
from services.permits.catalogue.router import router as catalogue
from services.permits.changes.router import router as changes
from services.permits.confidentiality.router import of_permits as withholdings_of_permits
from services.permits.confidentiality.router import router as withholdings
from services.permits.credit.events import consumer as credit_grades
from services.permits.disclosure.measured_router import files as measured_files
from services.permits.disclosure.measured_router import router as measured
from services.permits.disclosure.open_data import router as open_data
from services.permits.disclosure.router import router as disclosure
from services.permits.documents.router import public as public_documents
from services.permits.documents.router import router as documents
from services.permits.drafts.router import router as drafts
from services.permits.eia.router import router as eia
from services.permits.endings import reminders as ending_reminders
from services.permits.endings.procedure_router import router as ending_procedures
from services.permits.endings.router import bars, ending_grounds
from services.permits.endings.router import router as endings
from services.permits.enterprises.router import router as enterprises
from services.permits.exceedances.router import router as exceedances
from services.permits.fuels.router import router as fuels
from services.permits.greenhouse import emitter_reminders
from services.permits.greenhouse import reminders as greenhouse_reminders
from services.permits.greenhouse.recounting import feedback_days
from services.permits.greenhouse.router import router as greenhouse
from services.permits.ledger.router import exports as ledger_exports
from services.permits.ledger.router import files as ledger_files
from services.permits.ledger.router import router as ledger
from services.permits.monitoring.router import exports as monitoring_exports
from services.permits.monitoring.router import files as monitoring_files
from services.permits.monitoring.router import router as monitoring
from services.permits.notices.router import public as public_notices
from services.permits.notices.router import router as notices
from services.permits.obligations import late, sampling_notices
from services.permits.obligations.router import router as obligations
from services.permits.overview.router import router as overview
from services.permits.performance import editions
from services.permits.performance.recounting import notice_days
from services.permits.performance.router import router as performance
from services.permits.permits.router import router as permits
from services.permits.prints.router import of_drafts as draft_prints
from services.permits.prints.router import router as report_prints
from services.permits.radar import reminders as permit_reminders
from services.permits.radar.router import router as radar
from services.permits.registrations import reminders as registration_reminders
from services.permits.registrations.router import disclosed as disclosed_registrations
from services.permits.registrations.router import router as registrations
from services.permits.replacements import reminders as replacement_reminders
from services.permits.replacements.recounting import last_days as replacement_days
from services.permits.replacements.router import router as replacements
from services.permits.reports import configuration as plausibility
from services.permits.reports.router import no_data_codes
from services.permits.reports.router import router as reports
from services.permits.settings import PermitsSettings
from services.permits.sheets.router import blanks_router, one_report, signatures
from services.permits.sheets.router import router as sheets
from services.permits.taxes.router import router as taxes
from services.permits.totals import control as total_control
from services.permits.totals import kept as kept_totals
from services.permits.totals.router import router as totals
from services.permits.violations import configuration as violation_rules
from services.permits.violations import outlets, overdue, sampling
from services.permits.violations.router import router as violations


def create_app(settings: PermitsSettings | None = None, shared: SharedSettings | None = None) -> FastAPI:
    settings, shared = settings or PermitsSettings.load(), shared or SharedSettings.load()
    plausibility.use(settings.plausibility_file, days=settings.repudiation_days)
    violation_rules.use(settings.violations_file)
    total_control.use(settings.totals_file)
    office = ReceiptOffice(keys=KeyRing.from_private_jwks(settings.receipt_keys), issuer=shared.issuer)
    return build_service(
        "permits",
        title="Steppe permits 排污许可",
        description="Discharge permits: who must report what by when, signed receipts, public disclosure.",
        settings=settings,
        shared=shared,
        routers=[
            # As the reference shows them.
            enterprises,
            permits,
            obligations,
            report_prints,  # its `print` is no report's identity
            reports,
            no_data_codes,
            overview,
            eia,
            applications,
            application_drafts,
            application_reviews,
            attachments,
            attachment_files,
            attachment_contents,
            changes,
            alerts,
            drafts,
            draft_prints,
            exceedances,
            sheets,
            blanks_router,
            signatures,
            one_report,
            application_sheets,
            application_files,
            ledger,
            ledger_files,
            ledger_exports,
            monitoring,
            monitoring_files,
            monitoring_exports,
            totals,
            fuels,
            taxes,
            greenhouse,
            performance,
            violations,
            amounts,
            disclosure,
            open_data,
            measured,
            measured_files,
            documents,
            public_documents,
            withholdings_of_permits,
            withholdings,
            public_notices,
            notices,
            public_applications,
            catalogue,
            classifications,
            endings,
            ending_procedures,
            ending_grounds,
            bars,
            replacements,
            radar,
            registrations,
            disclosed_registrations,
        ],
        consumers=lambda kit, identity: [credit_grades(identity, settings.credit_url)],
        rounds=[
            kept_totals.keeping(total_control.control()),
            late.notices(settings.schedule),
            late.shipped_overrides(),
            sampling_notices.notices(settings.sampling_schedule),
            overdue.late_reports(),
            overdue.no_longer_owed(),
            sampling.missed_samples(),
            outlets.wrong_outlets(),
            feedback_days(settings.greenhouse_file),
            replacement_days(),
            notice_days(partial(editions.load, settings.performance_file)),
            deemed_acceptances(office),
            reminders.notices(settings.decision_schedule),
            ending_reminders.notices(settings.period_schedule),
            replacement_reminders.notices(settings.period_schedule),
            greenhouse_reminders.notices(settings.period_schedule),
            permit_reminders.notices(settings.renewal_schedule),
            registration_reminders.notices(settings.registration_schedule),
            emitter_reminders.notices(settings.emitter_schedule, settings.greenhouse_file),
            alert_use_cases.ends(),
            attachment_use_cases.forgetting(settings.attachment_days),
        ],
    )
