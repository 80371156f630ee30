"""The files in deploy/ fit their schemas and linters, and agree where they repeat a value."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import ComposeSpecification

from tests.deployed.cluster import DEPLOY, ROOT

KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))


def run(program: str, *arguments: str | Path) -> str:
    """The output of a program of this environment, which must succeed."""
    command = [str(Path(sys.executable).with_name(program)), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def test_the_dockerfile_has_nothing_that_hadolint_minds() -> None:
    run("hadolint", DEPLOY / "Dockerfile")


def test_the_template_has_nothing_that_cfn_lint_minds() -> None:
    run("cfn-lint", DEPLOY / "cloudformation.yaml")


def test_the_compose_file_fits_its_specification() -> None:
    document = yaml.safe_load(read("compose.yaml"))
    document.pop("x-app")
    assert set(ComposeSpecification.model_validate(document).services or ()) == {
        *("app-1", "app-2", "proxy", "ledger")
    }


@pytest.mark.parametrize("file", KUBERNETES, ids=lambda file: file.name)
def test_the_manifests_fit_kubernetes(file: Path) -> None:
    if file.name != "kustomization.yaml":
        run("kubernetes-validate", "--strict", file)


def test_kustomize_names_every_manifest() -> None:
    named = yaml.safe_load(read("kubernetes/kustomization.yaml"))["resources"]
    assert sorted([*named, "kustomization.yaml"]) == [file.name for file in KUBERNETES]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "sirocco.service"
    unit.write_text(read("sirocco.service").replace("/opt/sirocco/.venv/bin/streamlit", sys.executable))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert "sirocco" not in done.stderr, done.stderr


def test_the_image_is_built_with_the_locked_uv() -> None:
    groups: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    (locked,) = [entry for entry in groups["lint"] if entry.startswith("uv==")]
    assert f"pip install --no-cache-dir --disable-pip-version-check {locked}\n" in read("Dockerfile")


def test_every_file_probes_an_address_that_does_not_need_the_ledger() -> None:
    for name in ("Dockerfile", "Caddyfile", "cloudformation.yaml", "kubernetes/app.yaml"):
        assert "/readyz?serve" in read(name), name


def test_every_stop_leaves_time_for_the_drain() -> None:
    said = {
        "compose.yaml": r"stop_grace_period: (\d+)s",
        "cloudformation.yaml": r"StopTimeout: (\d+)",
        "kubernetes/app.yaml": r"terminationGracePeriodSeconds: (\d+)",
        "sirocco.service": r"TimeoutStopSec=(\d+)",
    }
    for name, pattern in said.items():
        found = re.search(pattern, read(name))
        assert found, name
        assert int(found[1]) >= 30 + 2 + 5, name


def test_the_image_copies_all_that_the_app_needs_and_nothing_secret() -> None:
    copied = set(re.findall(r"^COPY (?!--from)(.+) \S+$", read("Dockerfile"), re.MULTILINE))
    names = {name for line in copied for name in line.split()}
    assert names == {
        *("pyproject.toml", "uv.lock", "streamlit_app.py", "README.md", "requirements.txt"),
        *(".streamlit", "pages", "lib", "gallery"),
    }
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert "\n*\n" in allowed
    assert "!.streamlit/config.toml" in allowed
