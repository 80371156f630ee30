"""The promptfoo file. promptfoo itself reads and runs it where it is installed (see `PROMPTFOO`)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lib.comparison import plan
from lib.comparison.run import Run, new
from lib.mistral.catalog import Model, find, models
from lib.mistral.recipe import NUMBERS
from lib.records.promptfoo import to_promptfoo
from tests.support.makers import with_every_number
from tests.support.scripted_endpoint import scripted

PROMPTFOO = os.environ.get("PROMPTFOO") or shutil.which("promptfoo")
"""Its program. Not installed by `make test`, because it takes 1.9 GB."""
MISSING = (
    "promptfoo is not installed: npm install --global promptfoo@0.123.1 (Node 22), or PROMPTFOO=/path/to/it"
)
LARGE = find("mistral.mistral-large-2402-v1:0")


def compared(prompt: str, subject: plan.Subject, values: list[Any], **settings: Any) -> Run:
    return new(list(plan.recipes(prompt, LARGE, settings, subject, values)), subject, 2, 4)


RUNS = {
    "temperatures": compared("Say {{hello}} 100 % {% raw %}", "temperature", [0.0, 0.3, 1.0], stop=("END",)),
    "system texts": compared('text=echo "quotes"\n- and: lines', "system", ["Be brief.", "Be {{kind}}.", ""]),
    "top p": compared("text=echo rate=0", "top_p", [0.1, 1.0], max_tokens=50),
}


def test_each_column_is_a_provider_and_every_test_has_a_field() -> None:
    text = to_promptfoo(RUNS["temperatures"], "us-east-1")
    assert text.count("bedrock:converse:mistral.mistral-large-2402-v1:0") == 3
    assert '"temperature": 0.3' in text
    assert "repeat: 2" in text
    assert "  - vars: {}\n" in text


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_every_number_is_exported_by_its_name_or_as_an_additional_field(model: Model) -> None:
    recipe = with_every_number(model)
    text = to_promptfoo(new([recipe], "model", 1, 1), "us-east-1")
    config = json.loads(text.partition("    config: ")[2].partition("\n")[0])
    names = {"max_tokens": "maxTokens", "temperature": "temperature", "top_p": "topP"}
    more = config.get("additionalModelRequestFields", {})
    for name in model.parameters.keys() & NUMBERS:
        value = config[names[name]] if name in names else more[name]
        assert value == getattr(recipe, name)
    assert not more.keys() & names.keys()


@pytest.mark.slow
@pytest.mark.skipif(not PROMPTFOO, reason=MISSING)
@pytest.mark.parametrize("name", RUNS)
def test_promptfoo_accepts_the_file_and_gets_every_answer(name: str, tmp_path: Path) -> None:
    assert PROMPTFOO
    run = RUNS[name]
    (tmp_path / "promptfooconfig.yaml").write_text(to_promptfoo(run, "us-east-1"), encoding="utf-8")
    with scripted() as endpoint:
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": endpoint.url,
            "AWS_ACCESS_KEY_ID": "dummy",
            "AWS_SECRET_ACCESS_KEY": "dummy",
            "PROMPTFOO_CONFIG_DIR": str(tmp_path / "home"),
            "PROMPTFOO_DISABLE_TELEMETRY": "1",
            "PROMPTFOO_DISABLE_UPDATE": "1",
        }
        for command in (["validate"], ["eval", "--no-write", "-o", "out.json"]):
            done = subprocess.run(
                [PROMPTFOO, *command],
                cwd=tmp_path,
                env=environment,
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
