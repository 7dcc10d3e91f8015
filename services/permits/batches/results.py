"""The answer to a file: a result for each row. Written by hand: ten thousand rows are an answer of a megabyte."""

from __future__ import annotations

import json

from services.kit.texts import Language
from services.permits.batches.intake import Intake
from services.permits.batches.schemas import BatchRead


def answer(batch: BatchRead, intake: Intake, language: Language) -> bytes:
    """The JSON of `BatchReceived`."""
    results = ",".join(
        [
            _plain(line, identity, "accepted")
            if place not in intake.errors and place not in intake.repeated
            else _other(intake, place, line, identity, language)
            for place, (line, identity) in enumerate(zip(intake.lines, intake.ids, strict=True))
        ]
    )
    return f'{{"batch":{batch.model_dump_json()},"results":[{results}]}}'.encode()


def _plain(line: int, identity: str | None, result: str) -> str:
    return f'{{"line":{line},"id":"{identity}","result":"{result}"}}'


def _other(intake: Intake, place: int, line: int, identity: str | None, language: Language) -> str:
    if place in intake.repeated:
        return _plain(line, identity, "repeated")
    errors = [error.render(language) for error in intake.errors[place]]
    return json.dumps(
        {"line": line, "id": identity, "result": "refused", "errors": errors}, ensure_ascii=False
    )
