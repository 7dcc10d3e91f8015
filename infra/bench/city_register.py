"""A register of a million reports, made by SQL: twelve thousand sites that reported by month, quarter and year."""

from __future__ import annotations

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


def fill(server: EmbeddedPostgres, *, reports: int) -> int:
    """So many reports or a few more; how many there are then. Two thirds of the enterprises hold a permit."""
    sites = reports * 3 // (2 * _EACH) + 200
    sql = "SET session_replication_role = replica;" + _SITES.format(sites=sites) + _REPORTS
    pgbench.run_sql(server, sql, database=DATABASE)
    pgbench.run_sql(server, "VACUUM (ANALYZE)", database=DATABASE)
    return int(pgbench.run_sql(server, "SELECT count(*) FROM report", database=DATABASE))
