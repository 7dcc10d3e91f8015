"""The names that `steppe account add`, `client add` and `app add` take."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infra.accounts_cli import account_main, client_main
from infra.apps_cli import main as app_main


@pytest.mark.parametrize(
    "name", ["", "  ", "\u202egpj.exe", "first\nsecond", "张\u200b三", "\u3164", "x" * 201]
)
@pytest.mark.parametrize(
    ("command", "words"),
    [
        (account_main, ["somebody", "--role", "reviewer"]),
        (client_main, ["province", "--scope", "permits:read"]),
        (app_main, ["ledger", "--redirect-uri", "https://app.example.cn/back", "--scope", "permits:read"]),
    ],
)
def test_a_name_is_one_line_that_reads_as_it_is_written(
    command: Callable[[list[str]], int],
    words: list[str],
    name: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stopped:
        command([*words, "--name", name])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert "--name" in said
    assert "\u202e" not in said
