"""promptfoo itself accepts the exported file and runs it: every column and repeat, each prompt as it was."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lib.comparison import plan
from lib.comparison.run import Run, new
from lib.mistral.catalog import find
from lib.records.promptfoo import to_promptfoo
from tests.sdks import toolchains
from tests.sdks.recipes import environment
from tests.support.scripted_endpoint import scripted

pytestmark = [pytest.mark.slow, pytest.mark.sdks]


def compared(prompt: str, subject: plan.Subject, values: list[Any], **settings: Any) -> Run:
    large = find("mistral.mistral-large-2402-v1:0")
    return new(list(plan.recipes(prompt, large, settings, subject, values)), subject, 2, 4)


RUNS = {
    "temperatures": compared("Say {{hello}} 100 % {% raw %}", "temperature", [0.0, 0.3, 1.0], stop=("END",)),
    "system texts": compared('text=echo "quotes"\n- and: lines', "system", ["Be brief.", "Be {{kind}}.", ""]),
    "top p": compared("text=echo rate=0", "top_p", [0.1, 1.0], max_tokens=50),
}


@pytest.mark.parametrize("name", RUNS)
def test_promptfoo_accepts_the_file_and_gets_every_answer(name: str, tmp_path: Path) -> None:
    program, run = toolchains.promptfoo(), RUNS[name]
    (tmp_path / "promptfooconfig.yaml").write_text(to_promptfoo(run, "us-east-1"), encoding="utf-8")
    with scripted() as endpoint:
        settings = {
            **environment(endpoint.url),
            "PROMPTFOO_CONFIG_DIR": str(tmp_path / "home"),
            "PROMPTFOO_DISABLE_TELEMETRY": "1",
            "PROMPTFOO_DISABLE_UPDATE": "1",
        }
        for command in (["validate"], ["eval", "--no-write", "-o", "out.json"]):
            done = subprocess.run(
                [program, *command],
                cwd=tmp_path,
                env=settings,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["results"]
    assert results["stats"]["successes"] == len(run.columns) * 2
    asked = run.prompt.strip() if "echo" in run.prompt else None
    for result in results["results"]:
        assert result["response"]["output"]
        assert asked is None or asked in result["response"]["output"]
