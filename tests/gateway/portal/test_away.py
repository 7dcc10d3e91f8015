"""A page that cannot be made because its service gives no document just now: 503, and not that there is none."""

from __future__ import annotations

import httpx
import pytest

from tests.support.stack import another_gateway, loopback
from tests.support.town import Town

PAGE = "reference/waste/get-manifests"


@pytest.mark.parametrize(("language", "said"), [("zh", "暂时"), ("en", "for the moment")])
async def test_the_page_of_a_service_that_is_away_is_503_with_retry_after(
    town: Town, language: str, said: str
) -> None:
    with loopback() as nobody:
        elsewhere = {"waste": f"http://127.0.0.1:{nobody.getsockname()[1]}"}
        async with (
            another_gateway(town.stack, elsewhere=elsewhere) as gateway,
            httpx.AsyncClient(base_url=gateway, trust_env=False) as client,
        ):
            answer = await client.get(f"/docs/{language}/{PAGE}")
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert said in answer.text
            # What the others have is there, and what nobody has is not.
            index = await client.get(f"/docs/{language}/reference")
            assert (index.status_code, PAGE in index.text) == (200, False)
            assert (await client.get(f"/docs/{language}/reference/nobody/reads")).status_code == 404
            assert (await client.get(f"/docs/{language}/reference/permits/nothing")).status_code == 404
