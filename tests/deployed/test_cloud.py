"""The app as Streamlit Community Cloud starts it: from one dependency file, bound to all addresses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.app_process import ROOT
from tests.support.replica import replica
from tests.support.visitor import Visitor

UV = str(Path(sys.executable).with_name("uv"))
PARTS = ("streamlit_app.py", "pages", "lib", ".streamlit/config.toml", "pyproject.toml", "README.md")
BOUND_TO_ALL = {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0", "STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE": "true"}
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def cloned() -> Iterator[Path]:
    """The repository without its dependency files; removed at once, because an environment is large."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for part in PARTS:
            source, target = ROOT / part, folder / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        yield folder


def uv(folder: Path, *arguments: str) -> None:
    # make sets this variable to its own environment, which uv would change instead of the fresh one.
    env = {name: value for name, value in os.environ.items() if name != "UV_PROJECT_ENVIRONMENT"}
    done = subprocess.run(
        [UV, *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr


def test_from_uv_lock_alone_the_embedded_model_answers(cloned: Path) -> None:
    shutil.copy(ROOT / "uv.lock", cloned)
    shutil.copy(ROOT / "requirements.txt", cloned)  # Doctor reads it; nothing is installed from it
    uv(cloned, "sync", "--frozen", "--project", str(cloned))
    python = cloned / ".venv" / "bin" / "python"
    with (
        replica(cloned / "log", root=cloned, python=python, SIROCCO_DAILY_USD="none", **BOUND_TO_ALL) as app,
        Visitor(app.url) as visitor,
    ):
        visitor.ask("Name three fruits.")
        visitor.wait_for(lambda: "event=answer" in app.log.read_text(encoding="utf-8"), 60)
        assert "status=complete" in app.log.read_text(encoding="utf-8")


def test_from_requirements_alone_start_page_and_prompt_say_that_no_model_is_there(cloned: Path) -> None:
    shutil.copy(ROOT / "requirements.txt", cloned)
    uv(cloned, "venv", "--quiet", ".venv")
    uv(cloned, "pip", "install", "--quiet", "--python", ".venv", "--no-deps", "-r", "requirements.txt")
    python = cloned / ".venv" / "bin" / "python"
    says = "This server uses no AWS credentials and has no embedded model"
    with (
        replica(cloned / "log", root=cloned, python=python, SIROCCO_DAILY_USD="none", **BOUND_TO_ALL) as app,
        Visitor(app.url) as visitor,
    ):
        assert says in app.log.read_text(encoding="utf-8")
        assert says in visitor.alerts()
        visitor.ask("Name three fruits.")
        visitor.wait_for(lambda: any(says in text for text in visitor.drawn.values()))
        assert not app.ready().json()["ready"]
