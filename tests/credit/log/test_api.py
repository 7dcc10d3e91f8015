"""The log's public endpoints through the gateway: whoever watches the checkpoints sees that the log only grew."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from itertools import pairwise
from typing import Any

from services.credit.log.note import Checkpoint, Verifier, open_checkpoint, read_vkey
from services.credit.log.repository import entry_at
from services.credit.log.verify import consistency_holds, inclusion_holds
from services.kit.database import Database
from tests.support.credit import Bureau, body, violation
from tests.support.town import Town


async def verifier(town: Town) -> Verifier:
    return read_vkey((await town.public.get("/v1/credit/log/vkey")).text)


async def checkpoint(town: Town) -> Checkpoint:
    answer = await town.public.get("/v1/credit/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    return open_checkpoint(answer.text, [await verifier(town)])


def hashes(proof: dict[str, Any]) -> list[bytes]:
    return [b64decode(each) for each in proof["hashes"]]


async def consistent(town: Town, old: Checkpoint, new: Checkpoint) -> bool:
    answer = await town.public.get(
        "/v1/credit/log/proof/consistency", params={"from": old.size, "to": new.size}
    )
    return consistency_holds(
        old_size=old.size,
        new_size=new.size,
        old_root=old.root,
        new_root=new.root,
        proof=hashes(body(answer)),
    )


async def test_every_checkpoint_seen_is_consistent_with_every_later_one(bureau: Bureau) -> None:
    seen = [await checkpoint(bureau.town)]
    for _ in range(4):
        await asyncio.gather(*(bureau.admitted(violation(bureau.town, bureau.new_uscc())) for _ in range(3)))
        seen.append(await checkpoint(bureau.town))
    assert [one.size < two.size for one, two in pairwise(seen)] == [True] * 4
    for place, old in enumerate(seen):
        for new in seen[place:]:
            assert await consistent(bureau.town, old, new)
    forged = Checkpoint(seen[0].origin, seen[0].size, b"\0" * 32)
    assert not await consistent(bureau.town, forged, seen[-1])


async def test_a_record_s_entry_is_proved_to_be_in_the_log(bureau: Bureau, ledger: Database) -> None:
    record = await bureau.admitted(violation(bureau.town, bureau.new_uscc()))
    now = await checkpoint(bureau.town)
    asked = {"index": record["log_index"], "size": now.size}
    proof = body(await bureau.town.public.get("/v1/credit/log/proof/inclusion", params=asked))
    assert open_checkpoint(proof["checkpoint"], [await verifier(bureau.town)]) == now
    async with ledger.transaction() as session:
        entry = await entry_at(session, record["log_index"])
    assert entry is not None
    assert record["uscc"].encode() not in entry.leaf
    held = {"index": asked["index"], "size": now.size, "proof": hashes(proof), "root": now.root}
    assert inclusion_holds(leaf=entry.leaf_hash, **held)
    assert not inclusion_holds(leaf=b"\0" * 32, **held)


async def test_a_tree_that_was_never_reached_is_404(bureau: Bureau) -> None:
    size = (await checkpoint(bureau.town)).size
    public = bureau.town.public
    for path in (
        f"inclusion?index=0&size={size + 1000}",
        f"inclusion?index={size}&size={size}",
        f"consistency?from=1&to={size + 1000}",
        f"consistency?from={size}&to={size - 1}",
    ):
        answer = await public.get(f"/v1/credit/log/proof/{path}")
        assert body(answer, 404)["code"] == "tree_not_reached", path
    for path in ("inclusion?index=-1&size=1", "consistency?from=0&to=0", "inclusion?index=0"):
        assert (await public.get(f"/v1/credit/log/proof/{path}")).status_code == 400, path
