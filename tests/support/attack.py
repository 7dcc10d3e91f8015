"""schemathesis over a document: generated calls, right and wrong ones, and every answer held to what was published."""

from __future__ import annotations

import os
import random
import re
from collections import Counter
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
_REAL = 0.8  # of the calls go to records that exist


_operations: list[Any] = []


def learn(document: dict[str, Any]) -> None:
    """Once in the process that attacks: making generators of schemas is dear, and they are remembered.

    It is a process of its own because hypothesis wants the random numbers for itself.
    """
    _operations[:] = [found.ok() for found in schemathesis.openapi.from_dict(document).get_all_operations()]


def attack(plan: Plan) -> Outcome:
    return _Attack(plan).run()


@dataclass(frozen=True)
class Plan:
    """What one caller tries; operations as `GET /v1/permits/reports`."""

    gateway: str
    headers: dict[str, str]
    known: dict[str, list[dict[str, str]]]
    right: frozenset[str]
    """To be called as the document says."""
    wrong: frozenset[str]
    """To be called with something that the document does not allow."""


@dataclass
class Outcome:
    """How often each status came; a line for each operation that did not keep its word."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


class _Attack:
    """Those operations that may end the caller's session come last."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._outcome = plan, Outcome()
        self._session = requests.Session()
        self._session.trust_env = False

    def run(self) -> Outcome:
        with self._session:
            for operation in sorted(_operations, key=lambda each: each.path.startswith("/v1/auth")):
                if operation.label in self._plan.right:
                    self._try(operation, GenerationMode.POSITIVE, EXAMPLES)
                if operation.label in self._plan.wrong:
                    self._try(operation, GenerationMode.NEGATIVE, EXAMPLES)
        return self._outcome

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
                self._outcome.failures.append(f"{operation.label}: {_said(error)}")

    def _send(self, case: Case, mode: GenerationMode, chance: random.Random) -> None:
        records = self._plan.known.get(case.operation.path)
        if records and chance.random() < _REAL:
            case.path_parameters = chance.choice(records)
        if isinstance(case.query, dict) and "wait" in case.query and mode is GenerationMode.POSITIVE:
            case.query["wait"] = 0
        if mode is GenerationMode.POSITIVE and case.operation.method.lower() == "post":
            case.headers = {**(case.headers or {}), "Idempotency-Key": str(new_id())}
        response = case.call(
            base_url=self._plan.gateway, session=self._session, headers=self._plan.headers, timeout=60
        )
        self._outcome.statuses[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)


def _said(error: BaseException) -> str:
    """The failures without the advice."""
    inner = error.exceptions if isinstance(error, FailureGroup | ExceptionGroup) else [error]
    return " | ".join(re.sub(r"\s+", " ", str(each))[:700] for each in inner)
