"""Stacks with the sample city, as copies of one home: loading it is most of what a stack takes to start."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from infra.local.postgres import THROWAWAY_SETTINGS
from infra.local.stack import Stack, running_stack
from infra.local.waiting import wait_until

GIVEN = "STEPPE_TEST_SAMPLE_HOME"
"""A folder of several test sessions, of one state of the code: the first that needs the sample makes it there."""
KEPT = ("secrets", "postgres/cluster")
"""What a home keeps from one `make up` to the next, beside its logs."""


@contextmanager
def sample_stack(
    factory: pytest.TempPathFactory, *, environ: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """A whole stack in a home of its own, as `running_stack` with the sample gives it; its data need not last."""
    original, home = _original(factory), factory.mktemp("home")
    for name in KEPT:
        shutil.copytree(original / name, home / name)
    with running_stack(home, sample=True, environ=environ, settings=THROWAWAY_SETTINGS) as stack:
        _wait_for_the_whole_document(stack)
        yield stack


def _wait_for_the_whole_document(stack: Stack) -> None:
    """Loading the sample gave the services time to make their parts: the portal leaves out one that is not there."""

    def whole() -> bool:
        answer = httpx.get(f"{stack.gateway_url}/openapi.json", timeout=60, trust_env=False)
        return "x-steppe-missing-services" not in answer.raise_for_status().json()

    assert wait_until(whole, seconds=180, every=0.2)


def _original(factory: pytest.TempPathFactory) -> Path:
    """The home that is copied, made by whoever asks first; the others wait."""
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = Path(os.environ.get(GIVEN) or shared / "sample")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "home").exists():
            # Under another name first: whoever is killed meanwhile leaves no half of a city.
            shutil.rmtree(folder / "unfinished", ignore_errors=True)
            with running_stack(folder / "unfinished", sample=True, settings=THROWAWAY_SETTINGS):
                pass
            (folder / "unfinished").rename(folder / "home")
    return folder / "home"
