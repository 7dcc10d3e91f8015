"""What was signed is kept by the database itself, behind every service's back."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from tests.support.stack import TestStack
from tests.support.waste import WasteTown, arrived_line, done, plain_line, reception


async def refused(stack: TestStack, statement: str, *values: object) -> None:
    plain = make_url(stack.databases["waste"]).set(drivername="postgresql")
    connection = await asyncpg.connect(plain.render_as_string(hide_password=False))
    try:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError)):
            await connection.execute(statement, *values)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "receiver_uscc = shipper_uscc",
        "content = '{}'",
        "licence_number = 'another'",
        "submitted_at = now() - interval '1 year'",
        "year = 2030",
        "state = 'draft', submitted_at = NULL, year = NULL",
    ],
)
async def test_a_submitted_manifest_is_sealed(stack: TestStack, waste: WasteTown, change: str) -> None:
    chain = await waste.chain()
    manifest_id = (await chain.submitted()).rpartition("/")[2]
    await refused(stack, f"UPDATE manifest SET {change} WHERE id = $1", manifest_id)  # noqa: S608
    await refused(stack, "DELETE FROM manifest WHERE id = $1", manifest_id)


async def test_lines_steps_receptions_discrepancies_and_entries_are_append_only(
    stack: TestStack, waste: WasteTown
) -> None:
    chain = await waste.chain()
    path = await chain.arrived(plain_line(mass_kg="10"))
    done(await chain.receiver.post(f"{path}/reception", reception(arrived_line(1, "9"))))
    for table in (
        "manifest_line",
        "manifest_step",
        "reception_line",
        "discrepancy",
        "notice",
        "budget_entry",
    ):
        await refused(stack, f"DELETE FROM {table}")  # noqa: S608
    await refused(stack, "UPDATE reception_line SET accepted_kg = 5, refused_kg = 4")


async def test_no_budget_can_be_overdrawn(stack: TestStack, waste: WasteTown) -> None:
    chain = await waste.chain(scale_kg="100")
    await chain.submitted(plain_line(mass_kg="60"))
    for change in ("reserved_kg = 101", "reserved_kg = -1", "received_kg = 41", "scale_kg = 59"):
        await refused(
            stack,
            f"UPDATE budget SET {change} FROM licence_group g JOIN licence l ON l.id = g.licence_id"  # noqa: S608
            " WHERE licence_group_id = g.id AND l.licence_number = $1 AND budget.reserved_kg = 60",
            chain.licence_number,
        )
