"""A service that is told to end lets its waiting readers go with an answer, instead of cutting them."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from infra.local.postgres import THROWAWAY_SETTINGS
from infra.local.stack import running_stack

pytestmark = pytest.mark.stack


def test_a_waiting_reader_is_answered_when_the_service_is_told_to_end(tmp_path: Path) -> None:
    with running_stack(tmp_path, sample=False, settings=THROWAWAY_SETTINGS, restart_on_death=False) as stack:
        secret = (tmp_path / "secrets" / "credit" / "steppe_credit_client_secret").read_text().strip()
        form = {"grant_type": "client_credentials", "client_id": "credit", "client_secret": secret}
        signed_in = httpx.post(f"{stack.gateway_url}/v1/auth/token", data=form, trust_env=False, timeout=60)
        headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
        answers: list[httpx.Response] = []

        def wait_for_news() -> None:
            url = f"{stack.url('waste')}/v1/waste/events"
            parameters = {"wait": 30}
            answers.append(httpx.get(url, params=parameters, headers=headers, timeout=40, trust_env=False))

        reader = threading.Thread(target=wait_for_news)
        reader.start()
        time.sleep(1.5)  # it is waiting by now; earlier or later, the answer is the same
        stack.kill("waste", signal.SIGTERM)
        reader.join()
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, [])]
