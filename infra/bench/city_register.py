"""A register of a million reports, made by SQL: twelve thousand sites that reported by month, quarter and year."""

from __future__ import annotations

import time

from infra.bench import pgbench
from infra.local.postgres import EmbeddedPostgres
from infra.process_table import named

DATABASE = named("permits").database
_EACH = 85
"""Reports of one site in five years: 60 monthly, 20 quarterly, 5 annual."""

# Numbers are no real codes: nothing here looks at their check digits. Every site has one permit with one version.
_SITES = """
INSERT INTO enterprise (id, uscc, name, region_code, industry_code, address, crs, management_class,
    automatic_monitoring, legal_representative, version, created_at, updated_at)
SELECT gen_random_uuid(), '91152501' || lpad(n::text, 10, '0'), '基准企业' || n, '152501', '4430', '基准路1号',
    'CGCS2000', (ARRAY['key', 'simplified', 'registration'])[1 + n % 3], false, '赵测试', 1, now(), now()
FROM generate_series(1, {sites}) n;
INSERT INTO permit (id, permit_number, uscc, site_name, current_version, created_at)
SELECT gen_random_uuid(), uscc || '001P', uscc, '一号厂区', 1, now()
FROM enterprise WHERE management_class <> 'registration';
INSERT INTO permit_version (id, permit_id, version, site_name, management_class, industry_code, valid_from, valid_to,
    effective_from, issued_on, basis_kind, basis_article, reporting, terms, created_at)
SELECT gen_random_uuid(), permit.id, 1, '一号厂区', management_class, '4430', first,
    (first + interval '5 years')::date - 1, first, first, 'first_issue', '条例 第十二条',
    '{{"quarterly": true, "annual": true}}', '{{}}', now()
FROM permit JOIN enterprise USING (uscc),
    LATERAL (SELECT current_date - 1825 + (right(uscc, 10)::bigint % 1500)::int AS first) begun;
"""

_REPORTS = """
CREATE TEMP TABLE period AS
SELECT kind, start::date AS start, (start + span)::date - 1 AS last FROM (
    SELECT 'monthly' AS kind, 'month' AS unit, interval '1 month' AS span, generate_series(1, 60) AS back
    UNION ALL SELECT 'quarterly', 'quarter', interval '3 months', generate_series(1, 20)
    UNION ALL SELECT 'annual', 'year', interval '1 year', generate_series(1, 5)
) kinds, LATERAL (SELECT date_trunc(unit, now() AT TIME ZONE 'Asia/Shanghai') - span * back AS start) begun;
CREATE TEMP TABLE made AS
SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || substr(md5(n::text), 1, 3)
        || '8' || substr(md5(n::text), 4, 15))::uuid AS id, gen_random_uuid() AS obligation_id,
    n % 50 <> 0 OR last < current_date - 400 AS reported, every.*
FROM (SELECT row_number() OVER (ORDER BY last, permit_number) AS n, permit.id AS permit_id, permit_number, uscc,
             period.*
      FROM permit, period) every;
INSERT INTO obligation (id, permit_id, permit_number, uscc, kind, period_start, period_end, due_on, due_basis, basis,
    standing, report_id, reported_on, created_at)
SELECT obligation_id, permit_id, permit_number, uscc, kind, start, last, last + 15, '基准', '基准', 'owed',
    CASE WHEN reported THEN id END, CASE WHEN reported THEN last + 10 + (n % 7)::int END, now()
FROM made;
INSERT INTO report (id, obligation_id, permit_number, uscc, kind, period_start, period_end, state, version,
    first_submitted_at, days_late, updated_at)
SELECT id, obligation_id, permit_number, uscc, kind, start, last,
    CASE n % 9 WHEN 0 THEN 'submitted' ELSE 'accepted' END, 1, last + 10, 0, last + 10
FROM made WHERE reported;
"""

# What totals are made of: two controlled pollutants of an outlet each, stated in the reports of three years.
_AMOUNTS = """
INSERT INTO outlet (id, permit_version_id, code, name, medium, kind)
SELECT gen_random_uuid(), id, 'DA001', '锅炉排气筒', 'air', 'main' FROM permit_version;
INSERT INTO emission_limit (id, outlet_id, pollutant_code, pollutant_name, kind, value, unit, valid_from, standard)
SELECT gen_random_uuid(), outlet.id, pollutant.code, pollutant.name, 'annual_amount', 40, 't/a', effective_from, '基准'
FROM outlet JOIN permit_version ON permit_version.id = permit_version_id,
    (VALUES ('a21002', '氮氧化物'), ('a24088', '挥发性有机物')) pollutant (code, name);
INSERT INTO report_version (id, report_id, version, document, document_sha256, exceedances, submitted_by,
    submitted_at, receipt_id, receipt_jws)
SELECT gen_random_uuid(), id, 1, '{"production_days": 25}', '', '[]', '基准', last + 10, id, ''
FROM made WHERE reported AND last >= date_trunc('year', current_date) - interval '2 years';
INSERT INTO report_value (report_version_id, outlet_code, pollutant_code, amount_t, method)
SELECT report_version.id, 'DA001', code, 2.5, 'automatic'
FROM report_version, (VALUES ('a21002'), ('a24088')) pollutant (code);
INSERT INTO registration (id, receipt_number, uscc, site_serial, site_name, version, valid_from, valid_to, cancelled,
    for_review, permit_needed, filed_at, updated_at)
SELECT gen_random_uuid(), uscc || '001W', uscc, 1, '一号厂区', 1, current_date - 100, current_date + 1725, false, false,
    false, now(), now()
FROM enterprise WHERE management_class = 'registration' AND right(uscc, 1) <> '0';
INSERT INTO registration_version (id, registration_id, version, step, effective_on, valid_from, valid_to, days_late,
    document, document_sha256, classification, for_review, submitted_by, submitted_at, receipt_id, receipt_jws)
SELECT gen_random_uuid(), id, 1, 'first', valid_from, valid_from, valid_to, 0, '{}', '', '{}', false, '基准', now(),
    id, ''
FROM registration;
"""

_BUILT = """
SELECT extract(epoch FROM built_at - begun_at), (SELECT count(*) FROM year_figure)
FROM (SELECT 1) one LEFT JOIN figures_edition ON built_at IS NOT NULL
"""


def fill(server: EmbeddedPostgres, *, reports: int) -> int:
    """So many reports or a few more; how many there are then. Two thirds of the enterprises hold a permit."""
    sites = reports * 3 // (2 * _EACH) + 200
    sql = "SET session_replication_role = replica;" + _SITES.format(sites=sites) + _REPORTS + _AMOUNTS
    pgbench.run_sql(server, sql, database=DATABASE)
    pgbench.run_sql(server, "VACUUM (ANALYZE)", database=DATABASE)
    return int(pgbench.run_sql(server, "SELECT count(*) FROM report", database=DATABASE))


def first_build(server: EmbeddedPostgres, *, within_s: float = 600) -> dict[str, float]:
    """Has the service work out the figures of the register anew, as after an upgrade; how long it took, and how many.

    Rows that SQL has put in are told of in no event: the figures that are there know nothing of them.
    """
    pgbench.run_sql(server, "DELETE FROM figures_edition", database=DATABASE)
    until = time.monotonic() + within_s
    while not (built := pgbench.run_sql(server, _BUILT, database=DATABASE).split("|"))[0].strip():
        if time.monotonic() > until:
            raise RuntimeError(f"the figures of the register are not built after {within_s:.0f} s")
        time.sleep(1)
    pgbench.run_sql(server, "VACUUM (ANALYZE) year_figure", database=DATABASE)
    return {"first_build_s": round(float(built[0]), 1), "figures": int(built[1])}
