"""Checks the whole log against the rows of this database: what was edited behind the log's back shows here.

Every leaf is made again from the rows it is about, every node and root from the leaves, and compared with what is
stored and signed. Triggers can be switched off by whoever owns the server; hashes cannot.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.log import repository
from services.credit.log.leaf import Fields, differing_fields, make_leaf, moment_text
from services.credit.log.merkle import EMPTY_ROOT, completed_by, fold, grow, leaf_hash
from services.credit.log.models import LogCheckpoint, LogEntry
from services.credit.log.note import Checkpoint, NoteInvalid, Verifier, open_checkpoint, said_by
from services.credit.log.service import fields_of
from services.kit.texts import Text

BATCH = 500

Bodies = Callable[[AsyncSession, Sequence[LogEntry]], Awaitable[dict[int, Fields]]]
"""The own fields of these entries (all of the kinds it is for) by index, computed from their rows."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the log says; `index` is the entry it shows at."""

    index: int | None
    what: Text


@dataclass
class Report:
    """What was checked and what differs."""

    size: int = 0
    root: bytes = EMPTY_ROOT
    checkpoints: int = 0
    differences: list[Difference] = field(default_factory=list)

    def add(self, index: int | None, zh: str, en: str) -> None:
        self.differences.append(Difference(index, Text(zh=zh, en=en)))


class Check:
    """One pass over the log, in order. Use `run`."""

    def __init__(
        self, session: AsyncSession, *, bodies: Mapping[str, Bodies], verifiers: Sequence[Verifier] = ()
    ) -> None:
        self._session, self._bodies, self._verifiers = session, bodies, verifiers
        self._report = Report()
        self._peaks: list[bytes] = []
        self._nodes = 0
        self._newest: dict[str, tuple[int, int]] = {}

    async def run(self, *, kept: Iterable[Checkpoint] = ()) -> Report:
        """Checks everything; `kept` are checkpoints of this log that were stored elsewhere."""
        kept_at: dict[int, list[Checkpoint]] = {}
        for checkpoint in kept:
            kept_at.setdefault(checkpoint.size, []).append(checkpoint)
        while entries := await repository.entries_from(self._session, self._report.size, limit=BATCH):
            await self._batch(entries, kept_at)
        await self._after_the_last(kept_at)
        return self._report

    async def _batch(self, entries: Sequence[LogEntry], kept: Mapping[int, list[Checkpoint]]) -> None:
        bodies = await self._bodies_of(entries)
        wanted = [node for entry in entries for node in completed_by(entry.index)]
        nodes = await repository.nodes(self._session, wanted)
        found = await repository.checkpoints_from(self._session, self._report.size + 1, limit=BATCH)
        checkpoints = {checkpoint.size: checkpoint for checkpoint in found}
        for entry in entries:
            self._fill_gap(entry.index)
            self._check_leaf(entry, bodies.get(entry.index))
            self._check_sequence(entry)
            made, self._peaks = grow(self._peaks, entry.index, entry.leaf_hash)
            for node, value in made.items():
                if nodes.get(node) != value:
                    self._report.add(
                        entry.index,
                        f"树节点{node}与条目不符或缺失",
                        f"the tree's node {node} is missing or not the hash of its leaves",
                    )
            self._nodes += len(made)
            self._report.size = entry.index + 1
            self._check_checkpoint(entry, checkpoints.get(self._report.size), kept.get(self._report.size, []))

    async def _bodies_of(self, entries: Sequence[LogEntry]) -> dict[int, Fields]:
        found: dict[int, Fields] = {}
        for kind in sorted({entry.kind for entry in entries} & self._bodies.keys()):
            found |= await self._bodies[kind](self._session, [each for each in entries if each.kind == kind])
        return found

    def _fill_gap(self, index: int) -> None:
        """An entry that is gone leaves a hole: the tree cannot be right beyond it, and says so once."""
        for missing in range(self._report.size, index):
            self._report.add(missing, "条目缺失", "the entry is missing")
            made, self._peaks = grow(self._peaks, missing, leaf_hash(b""))
            self._nodes += len(made)

    def _check_leaf(self, entry: LogEntry, body: Fields | None) -> None:
        if leaf_hash(entry.leaf) != entry.leaf_hash:
            self._report.add(
                entry.index, "条目内容与其哈希不符", "the stored leaf does not hash to its leaf hash"
            )
        if body is None:
            self._report.add(
                entry.index,
                f"条目所指的{entry.kind}行不存在",
                f"the {entry.kind} row that the entry is about is gone, or no longer points to it",
            )
            return
        if (entry.subject, moment_text(entry.recorded_at)) != (body["subject"], body["recorded_at"]):
            self._report.add(
                entry.index, "条目的主体或时间与所指的行不符", "its subject or time is not that of its row"
            )
        fields = fields_of(entry, body)
        if make_leaf(entry.kind, fields, entry.secret) != entry.leaf:
            self._name_fields(entry, fields)

    def _name_fields(self, entry: LogEntry, fields: Fields) -> None:
        try:
            names = ", ".join(differing_fields(entry.leaf, fields, entry.secret)) or "kind"
        except ValueError:
            names = "leaf"
        self._report.add(
            entry.index,
            f"记录行与日志条目不符：{names}",
            f"the stored row is not what was entered into the log; it differs in: {names}",
        )

    def _check_sequence(self, entry: LogEntry) -> None:
        if entry.subject is None:
            return
        count, previous = self._newest.get(entry.subject, (0, -1))
        said = (entry.subject_sequence, -1 if entry.previous_index is None else entry.previous_index)
        if said != (count + 1, previous):
            self._report.add(
                entry.index,
                "该主体的条目顺序不符",
                "its place among the entries about its subject is not as stored",
            )
        self._newest[entry.subject] = (count + 1, entry.index)

    def _check_checkpoint(
        self, entry: LogEntry, stored: LogCheckpoint | None, kept: Sequence[Checkpoint]
    ) -> None:
        self._report.root = fold(self._peaks)
        index = entry.index
        if stored is None or stored.signed_at != entry.recorded_at:
            self._report.add(
                index, "检查点缺失或时间不符", "the checkpoint is missing, or not of the entry's time"
            )
        if stored is not None:
            self._report.checkpoints += 1
            self._check_note(stored)
        for checkpoint in kept:
            if checkpoint.root != self._report.root:
                self._report.add(
                    index,
                    f"与别处保存的检查点（大小{checkpoint.size}）不符：日志已被改写",
                    f"not the tree of the checkpoint kept elsewhere (size {checkpoint.size}): history was rewritten",
                )

    def _check_note(self, stored: LogCheckpoint) -> None:
        index = stored.size - 1
        try:
            verifiers = self._verifiers
            said = open_checkpoint(stored.note, verifiers) if verifiers else said_by(stored.note)
        except NoteInvalid as error:
            self._report.add(index, f"检查点：{error.reason.zh}", f"checkpoint: {error.reason.en}")
            return
        if {stored.root, said.root} != {self._report.root} or said.size != stored.size:
            self._report.add(
                index,
                f"大小{stored.size}的根哈希与已签名检查点不符",
                f"the root of size {stored.size} is not the one in its signed checkpoint",
            )

    async def _after_the_last(self, kept: Mapping[int, list[Checkpoint]]) -> None:
        size = self._report.size
        for checkpoint in await repository.checkpoints_from(self._session, size + 1, limit=BATCH):
            self._report.add(
                checkpoint.size - 1, "检查点之后的条目缺失", "entries that a checkpoint counted are missing"
            )
        for beyond in sorted(each for each in kept if each > size):
            self._report.add(
                beyond - 1,
                f"别处保存的检查点大小为{beyond}，日志只有{size}条",
                f"a checkpoint kept elsewhere counts {beyond} entries, the log has {size}",
            )
        if await repository.node_count(self._session) != self._nodes:
            self._report.add(None, "树节点的数目不符", "there are more or fewer tree nodes than entries make")
