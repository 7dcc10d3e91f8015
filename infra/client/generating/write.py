"""Writes `infra/client/api` anew from the document at hand."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra.client.generating.operations import modules
from infra.client.generating.schemas import write_models

API = Path(__file__).parents[1] / "api"
_STYLE = Path(__file__).parents[3] / "pyproject.toml"


def write(document: dict[str, Any], folder: Path = API) -> None:
    """Everything in `folder` is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    folder.joinpath("__init__.py").write_text('"""Generated: one module a service."""\n', encoding="utf-8")
    write_models(document, folder / "models")
    for name, source in modules(document).items():
        folder.joinpath(f"{name}.py").write_text(source, encoding="utf-8")
    formatting = ["-m", "ruff", "format", "--quiet", "--config", str(_STYLE), str(folder)]
    subprocess.run([sys.executable, *formatting], check=True)
