"""schemathesis over a document: generated calls, right and wrong ones, and every answer held to what was published."""

from __future__ import annotations

import os
import random
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.kit.ids import new_id

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = int(os.environ.get("STEPPE_FUZZ_EXAMPLES", "1"))
REFUSED = 10
_REAL = 0.8  # of the calls go to records that exist


def operations_of(document: dict[str, Any]) -> list[Any]:
    return [found.ok() for found in schemathesis.openapi.from_dict(document).get_all_operations()]


@dataclass
class Attack:
    """One caller's calls of every operation; those that may end its session come last."""

    gateway: str
    operations: list[Any]
    """Of `operations_of`: made once, since it is dear to make generators of schemas."""
    headers: dict[str, str]
    known: Mapping[str, list[dict[str, str]]]
    may: Callable[[str, str], bool]
    """Whether the caller may use the operation at all; of what it may not, one in `REFUSED` is tried."""
    statuses: dict[int, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Blocking; `failures` has a line for each operation that did not keep its word."""
        self._session = requests.Session()
        self._session.trust_env = False
        with self._session:
            for operation in sorted(self.operations, key=lambda each: each.path.startswith("/v1/auth")):
                if self.may(operation.method.upper(), operation.path):
                    self._try(operation, GenerationMode.POSITIVE, EXAMPLES)
                    self._try(operation, GenerationMode.NEGATIVE, EXAMPLES)
                elif zlib.crc32(f"{operation.label}{self.headers}".encode()) % REFUSED == 0:
                    self._try(operation, GenerationMode.POSITIVE, 1)

    def _try(self, operation: Any, mode: GenerationMode, examples: int) -> None:
        @settings(
            max_examples=examples,
            phases=[Phase.generate],
            database=None,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode), st.randoms(use_true_random=False))
        def attempt(case: Case, chance: random.Random) -> None:
            self._send(case, mode, chance)

        try:
            attempt()
        except (Exception, FailureGroup) as error:  # whatever it is, the other operations are tried too
            if type(error).__name__ != "Unsatisfiable":
                self.failures.append(f"{operation.label}: {_said(error)}")

    def _send(self, case: Case, mode: GenerationMode, chance: random.Random) -> None:
        records = self.known.get(case.operation.path)
        if records and chance.random() < _REAL:
            case.path_parameters = chance.choice(records)
        if isinstance(case.query, dict) and "wait" in case.query and mode is GenerationMode.POSITIVE:
            case.query["wait"] = 0
        if mode is GenerationMode.POSITIVE and case.operation.method.lower() == "post":
            case.headers = {**(case.headers or {}), "Idempotency-Key": str(new_id())}
        response = case.call(base_url=self.gateway, session=self._session, headers=self.headers, timeout=60)
        self.statuses[response.status_code] = self.statuses.get(response.status_code, 0) + 1
        case.validate_response(response, checks=CHECKS)


def _said(error: BaseException) -> str:
    """The failures without the advice."""
    inner = error.exceptions if isinstance(error, FailureGroup | ExceptionGroup) else [error]
    return " | ".join(re.sub(r"\s+", " ", str(each))[:700] for each in inner)
