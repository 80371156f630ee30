"""Programs that are not ours against the endpoint: the SDKs as their documentation uses them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.snippets.programs import snippet
from tests.sdks import toolchains
from tests.sdks.breaking import BreakingEndpoint
from tests.sdks.recipes import RECIPES, environment
from tests.sdks.toolchains import HERE, JAVA_SDKS

pytestmark = [pytest.mark.slow, pytest.mark.sdks]


@pytest.fixture
def endpoint() -> Iterator[BreakingEndpoint]:
    with BreakingEndpoint() as endpoint:
        yield endpoint


@pytest.mark.parametrize("version", JAVA_SDKS)
def test_a_java_program_like_awss_sample_runs_as_it_is(
    endpoint: BreakingEndpoint, tmp_path: Path, version: str
) -> None:
    source = Path(shutil.copy(HERE / "java" / "StreamSample.java", tmp_path))
    command = [*toolchains.java(version, source), "chunks=400 rate=0"]
    ran = subprocess.run(
        command, env=environment(endpoint.url), capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "".join(f"w{number} " for number in range(1, 401))
    assert endpoint.bodies == [b'{"prompt":"<s>[INST] chunks=400 rate=0 [/INST]"}']


@pytest.mark.parametrize("kind", RECIPES)
def test_the_program_in_csharp_compiles_where_there_is_a_dotnet_sdk(tmp_path: Path, kind: str) -> None:
    dotnet = shutil.which("dotnet")
    if dotnet is None:
        pytest.skip(
            "left out: there is no .NET SDK; what C# sends is replayed by tests/wire/test_sdk_dotnet.py"
        )
    made = snippet("csharp", RECIPES[kind])
    (tmp_path / made.file_name).write_text(made.code, encoding="utf-8", newline="")
    shutil.copy(HERE / "dotnet" / "program.csproj", tmp_path)
    toolchains.run(dotnet, "build", "--nologo", cwd=tmp_path)
