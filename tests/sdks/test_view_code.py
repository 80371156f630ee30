"""The programs of "View code" with the real SDKs: whole answers, and every way in which an answer breaks.

C# is not here: what its SDK sends is replayed by tests/wire/test_sdk_dotnet.py.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest

from lib.mistral.dialects import body
from lib.snippets.programs import Language, snippet
from tests.sdks import toolchains
from tests.sdks.breaking import BreakingEndpoint, Mode
from tests.sdks.recipes import BEGINNING, LAST, RECIPES, environment
from tests.sdks.toolchains import JAVA_SDKS
from tests.support.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.sdks]

REGION = "us-west-2"
BUILD: dict[str, tuple[Language, Callable[[Path], list[str]]]] = {
    "python": ("python", toolchains.python),
    "javascript": ("javascript", toolchains.node),
    **{f"java-{version}": ("java", partial(toolchains.java, version)) for version in JAVA_SDKS},
    "go": ("go", toolchains.go),
    "cli": ("cli", toolchains.shell),
}
Run = subprocess.CompletedProcess[str]


@pytest.fixture(scope="class")
def kit(request: pytest.FixtureRequest) -> str:
    name: str = request.cls.kit
    return name


@pytest.fixture(scope="class")
def programs(kit: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """By kind of model, the command that runs its program."""
    language, build = BUILD[kit]
    commands = {}
    for kind, recipe in RECIPES.items():
        made = snippet(language, recipe, region=REGION)
        source = tmp_path_factory.mktemp(f"{kit}-{kind}") / made.file_name
        source.write_text(made.code, encoding="utf-8", newline="")
        commands[kind] = build(source)
    return commands


@pytest.fixture
def endpoint() -> Iterator[BreakingEndpoint]:
    with BreakingEndpoint() as endpoint:
        yield endpoint


def run(command: list[str], url: str, folder: Path) -> Run:
    return subprocess.run(
        command,
        env=environment(url),
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
        check=False,
    )


def answer_of_cli(printed: str, kind: str) -> str:
    answer = json.loads(printed)
    if kind == "text":
        return str(answer["outputs"][0]["text"])
    return str(answer["choices"][0]["message"]["content"])


def check_failure(ran: Run, printed: str) -> None:
    """Exit code 1, one sentence of ours, and what came of the answer exactly once."""
    assert ran.returncode == 1, ran
    assert ran.stdout.strip("\n") == printed
    sentences = ran.stderr.strip().splitlines()
    assert len(sentences) == 1, ran.stderr
    assert sentences[0].startswith("ERROR: ")
    assert not sentences[0].endswith("Reason: ")


class Programs:
    """The tests of every kit. Each kit has a class, whose tests pytest-xdist keeps in one process."""

    kit: ClassVar[str]

    @pytest.mark.parametrize("kind", RECIPES)
    def test_a_whole_answer_is_printed_and_the_body_is_that_of_the_recipe(
        self, kit: str, programs: dict[str, list[str]], endpoint: BreakingEndpoint, tmp_path: Path, kind: str
    ) -> None:
        ran = run(programs[kind], endpoint.url, tmp_path)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert (answer_of_cli(ran.stdout, kind) + "\n" if kit == "cli" else ran.stdout) == LAST + "\n"
        assert endpoint.bodies == [body(RECIPES[kind])]
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("mode", ["exception", "dropped", "cut"])
    def test_an_answer_that_breaks_is_told_from_a_whole_one(
        self,
        kit: str,
        programs: dict[str, list[str]],
        endpoint: BreakingEndpoint,
        tmp_path: Path,
        mode: Mode,
    ) -> None:
        endpoint.mode = mode
        ran = run(programs["delta"], endpoint.url, tmp_path)
        if kit == "cli":  # it prints the JSON of the answer, or half of it
            check_failure(ran, ran.stdout.strip("\n"))
        else:
            check_failure(ran, BEGINNING)
            assert len(endpoint.bodies) == 1

    def test_a_refusal_is_one_sentence(
        self, programs: dict[str, list[str]], endpoint: BreakingEndpoint, tmp_path: Path
    ) -> None:
        endpoint.mode = "refused"
        ran = run(programs["message"], endpoint.url, tmp_path)
        check_failure(ran, "")
        assert "Too many requests." in ran.stderr

    def test_no_server_is_one_sentence(self, programs: dict[str, list[str]], tmp_path: Path) -> None:
        check_failure(run(programs["text"], "http://127.0.0.1:9", tmp_path), "")

    def test_a_program_that_is_stopped_stops_the_model(
        self, kit: str, programs: dict[str, list[str]], endpoint: BreakingEndpoint, tmp_path: Path
    ) -> None:
        if kit == "cli":
            pytest.skip("the AWS CLI does not stream")
        endpoint.mode = "stalled"
        with subprocess.Popen(
            programs["delta"],
            env=environment(endpoint.url),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            assert endpoint.stalled.wait(30)
            assert endpoint.engine.active == 1
            os.killpg(process.pid, 15)
            eventually(lambda: endpoint.engine.active == 0, within=1)


class TestPython(Programs):
    kit = "python"


class TestJavaScript(Programs):
    kit = "javascript"


class TestJava(Programs):
    kit = f"java-{JAVA_SDKS[0]}"


class TestOlderJava(Programs):
    kit = f"java-{JAVA_SDKS[1]}"


class TestGo(Programs):
    kit = "go"


class TestAwsCli(Programs):
    kit = "cli"
