"""Settings of the credit service, and whom it listens to by them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from services.credit.candidates.intake import consumers
from services.credit.settings import CreditSettings
from services.kit.neighbours import ServiceIdentity
from services.kit.signing import KeyRing

NEEDED = {"database_url": "postgresql+asyncpg://x/y", "receipt_keys": KeyRing.generate()}


async def test_it_listens_to_the_neighbours_at_the_addresses_that_all_processes_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STEPPE_PERMITS_URL", "http://permits:1")
    monkeypatch.setenv("STEPPE_CREDIT_LOG_KEY", KeyRing.generate())
    settings = CreditSettings.load(**NEEDED, waste_url="http://waste:2")
    assert (settings.permits_url, settings.waste_url) == ("http://permits:1", "http://waste:2")
    identity = ServiceIdentity(gateway_url="http://gateway", client_id="credit", client_secret="s")
    made = consumers(identity, settings)
    await identity.close()
    assert [(each.name, *each.handlers) for each in made] == [
        (
            "credit.permits",
            "permits.exceedance_confirmed.v1",
            "permits.violation_dismissed.v1",
            "permits.violation_reopened.v1",
        ),
        ("credit.waste", "waste.discrepancy_found.v1"),
        ("credit.emergency", "emergency.responsibility_recorded.v1"),
    ]


def test_a_log_without_a_key_of_its_own_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STEPPE_CREDIT_LOG_KEY", raising=False)
    with pytest.raises(ValidationError, match="log_key"):
        CreditSettings.load(**NEEDED)


@pytest.mark.parametrize("origin", ["", "two words", "a+b"])
def test_a_log_s_name_can_stand_in_a_signed_note(origin: str) -> None:
    with pytest.raises(ValidationError, match="log_origin"):
        CreditSettings.load(**NEEDED, log_key=KeyRing.generate(), log_origin=origin)
