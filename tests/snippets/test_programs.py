"""Snippets are complete programs, and what they send is what made the answer.

A reader of our own reads the strings of C#, Go and Java; the compiler parses Java, too, where there is one.
Python, JavaScript and the shell are run. tests/sdks runs the programs with the real SDKs.
"""

from __future__ import annotations

import base64
import json
import os
import random
import runpy
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import boto3
import pytest

from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, Model, models
from lib.mistral.dialects import body
from lib.mistral.recipe import NUMBERS, Message, Recipe
from lib.snippets.programs import LANGUAGES, Language, pieces, snippet
from tests.snippets.readers import csharp_strings, java_strings
from tests.snippets.short_answer import SHORT_ANSWER, TEXT, frames
from tests.support import makers, random_makers
from tests.support.fake_bedrock import FakeBedrock
from tests.support.javascript import PATH, SDK
from tests.support.makers import with_every_number
from tests.support.scripted_endpoint import scripted

PROGRAMS = Path(__file__).with_name("programs")
NODE_MODULES = SDK / "node_modules"
REGION = "us-west-2"

RECIPES = [random_makers.recipe(random.Random(seed), models()[seed % len(models())]) for seed in range(200)]
HELLO = makers.recipe("Hello", temperature=0.5)


def keys(url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url,
        "AWS_ACCESS_KEY_ID": "dummy",
        "AWS_SECRET_ACCESS_KEY": "dummy",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def write(folder: Path, language: Language, recipes: list[Recipe] = RECIPES) -> list[Path]:
    files = []
    for index, recipe in enumerate(recipes):
        made = snippet(language, recipe, region=REGION)
        files.append(folder / f"{index:03}" / made.file_name)
        files[-1].parent.mkdir()
        files[-1].write_text(made.code, encoding="utf-8", newline="")
    return files


def path(recipe: Recipe) -> str:
    return f"/model/{quote(recipe.model.call_id(REGION), safe='')}/invoke-with-response-stream"


@pytest.mark.usefixtures("no_aws")
def test_python_programs_send_the_body_and_print_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with FakeBedrock(answer=SHORT_ANSWER) as bedrock:
        for name, value in keys(bedrock.url).items():
            monkeypatch.setenv(name, value)
        for file in write(tmp_path, "python"):
            runpy.run_path(str(file), run_name="__main__")
            assert capsys.readouterr() == (TEXT + "\n", "")
    assert [received.body for received in bedrock.received] == [body(recipe) for recipe in RECIPES]
    assert [received.path for received in bedrock.received] == [path(recipe) for recipe in RECIPES]


@pytest.mark.usefixtures("javascript_sdk")
def test_javascript_programs_send_the_body_and_print_the_answer(tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    files = write(tmp_path, "javascript")
    programs = [
        {
            "file": str(file),
            "frames": base64.b64encode(frames(recipe.model.dialect)).decode(),
        }
        for file, recipe in zip(files, RECIPES, strict=True)
    ]
    (tmp_path / "list.json").write_text(json.dumps(programs), encoding="utf-8")
    command = ["node", str(PROGRAMS / "run.mjs"), str(tmp_path / "list.json"), str(tmp_path / "result.json")]
    environment = {"PATH": PATH, "NODE_NO_WARNINGS": "1", **keys("")}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert run.stderr == ""
    ran = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert [one["printed"] for one in ran] == [TEXT + "\n"] * len(RECIPES)
    received = [one["received"] for one in ran]
    assert [[base64.b64decode(one["body"]) for one in each] for each in received] == [
        [body(recipe)] for recipe in RECIPES
    ]
    assert [[one["path"] for one in each] for each in received] == [[path(recipe)] for recipe in RECIPES]


def test_java_programs_hold_the_body() -> None:
    for recipe in RECIPES:
        code = snippet("java", recipe, region=REGION).code
        assert java_strings(code, 'BODY = String.join("",').encode() == body(recipe)
        assert f'MODEL_ID = "{recipe.model.call_id(REGION)}";' in code


def test_java_programs_are_parsed_by_the_compiler_where_there_is_one(tmp_path: Path) -> None:
    files = write(tmp_path, "java")
    assert all(file.read_bytes().isascii() for file in files)
    if not (shutil.which("java") and shutil.which("javac")):
        return
    command = ["java", str(PROGRAMS / "Parse.java"), *map(str, files)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    lines = [line.split() for line in run.stdout.splitlines()]
    assert [line[0] for line in lines] == ["0"] * len(RECIPES)
    read = [base64.b64decode(line[1]).decode("utf-16-be").encode() for line in lines]
    assert read == [body(recipe) for recipe in RECIPES]


def test_go_programs_hold_the_body() -> None:
    for recipe in RECIPES:
        code = snippet("go", recipe, region=REGION).code
        assert csharp_strings(code, "strings.Join([]string{").encode() == body(recipe)
        assert f'const modelID = "{recipe.model.call_id(REGION)}"' in code


def test_csharp_programs_hold_the_body() -> None:
    for recipe in RECIPES:
        code = snippet("csharp", recipe, region=REGION).code
        assert csharp_strings(code, "var body = string.Concat(new[]\n{").encode() == body(recipe)
        assert f'var modelId = "{recipe.model.call_id(REGION)}";' in code


@pytest.mark.parametrize("shell", [shell for shell in ("sh", "bash", "dash") if shutil.which(shell)])
def test_the_command_line_writes_the_body(tmp_path: Path, shell: str) -> None:
    files = write(tmp_path, "cli")
    script = []
    for file in files:
        before, found, _ = file.read_text(encoding="utf-8").rpartition(
            "\naws bedrock-runtime invoke-model \\\n"
        )
        assert found
        script.append(f'{before}\nmv "$folder/body.json" {file.parent}\nrmdir "$folder"\n')
    (tmp_path / "all.sh").write_text("".join(script), encoding="utf-8")
    run = subprocess.run([shell, str(tmp_path / "all.sh")], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert [(file.parent / "body.json").read_bytes() for file in files] == [
        body(recipe) for recipe in RECIPES
    ]


def test_the_json_body_is_the_body() -> None:
    for recipe in RECIPES:
        assert snippet("json", recipe).code.encode() == body(recipe)


@pytest.mark.usefixtures("javascript_sdk")
@pytest.mark.parametrize("language", ["python", "javascript"])
def test_a_program_run_by_itself_prints_what_the_local_endpoint_says(
    tmp_path: Path, language: Language
) -> None:
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    [file] = write(tmp_path, language, [makers.recipe("chunks=5 rate=0", LOCAL_MODEL_ID)])
    command = [sys.executable, str(file)] if language == "python" else ["node", str(file)]
    with scripted() as endpoint:
        environment = {**os.environ, **keys(endpoint.url), "PATH": PATH, "NODE_NO_WARNINGS": "1"}
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout, run.stderr) == (0, "w1 w2 w3 w4 w5 \n", "")


@pytest.mark.usefixtures("javascript_sdk")
@pytest.mark.parametrize("language", ["python", "javascript"])
def test_a_program_that_fails_says_why_and_ends_with_an_error(tmp_path: Path, language: Language) -> None:
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    [file] = write(tmp_path, language, [makers.recipe("chunks=9 fail=2 rate=0", LOCAL_MODEL_ID)])
    command = [sys.executable, str(file)] if language == "python" else ["node", str(file)]
    with scripted() as endpoint:
        environment = {**os.environ, **keys(endpoint.url), "PATH": PATH, "NODE_NO_WARNINGS": "1"}
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert run.stdout == "w1 w2 "
    assert run.stderr.startswith(f"ERROR: Can't invoke '{LOCAL_MODEL_ID}'. Reason: ")
    assert "The scripted engine failed" in run.stderr


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "json"])
def test_region_and_model_id_are_those_of_the_call(language: Language) -> None:
    unknown = snippet(language, HELLO).code
    assert "us-east-1" not in unknown
    assert "The region comes from AWS_" in unknown
    assert SAMPLE_MODEL_ID in unknown
    known = snippet(language, HELLO, region="eu-west-3", model_id="eu.mistral.something").code
    assert "eu-west-3" in known
    assert "The region comes from" not in known
    assert "eu.mistral.something" in known
    assert SAMPLE_MODEL_ID not in known


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "json"])
def test_the_local_model_never_passes_for_one_of_bedrock(language: Language) -> None:
    local = Recipe(model_id=LOCAL_MODEL_ID, messages=HELLO.messages)
    assert "not a model of Amazon Bedrock" in snippet(language, local).code
    assert "not a model of Amazon Bedrock" not in snippet(language, HELLO).code


def test_the_command_line_says_that_it_cannot_stream() -> None:
    made = snippet("cli", HELLO)
    assert "cannot stream" in made.note
    assert "cannot stream" in made.code
    assert "invoke-model-with-response-stream" not in made.code


def test_a_body_is_broken_where_its_text_breaks() -> None:
    recipe = Recipe(
        model_id="mistral.ministral-3-8b-instruct",
        messages=(Message("user", "One\ntwo"), Message("assistant", "three"), Message("user", "four")),
        max_tokens=5,
        stop=("\n\n",),
    )
    assert pieces(body(recipe).decode()) == [
        '{"messages": [{"role": "user", "content": "One\\n',
        'two"}, ',
        '{"role": "assistant", "content": "three"}, ',
        '{"role": "user", "content": "four"}], ',
        '"max_tokens": 5, ',
        '"stop": ["\\n\\n"]}',
    ]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_every_number_of_a_body_begins_a_line(model: Model) -> None:
    lines = pieces(body(with_every_number(model)).decode())
    for name in model.parameters.keys() & NUMBERS:
        assert sum(line.startswith(f'"{name}": ') for line in lines) == 1


def test_a_long_line_is_broken_between_words_and_a_word_only_where_it_is_longer_than_the_line() -> None:
    prose = replace(HELLO, messages=(Message("user", random_makers.STORY),))
    broken = pieces(body(prose).decode())
    assert "".join(broken).encode() == body(prose)
    assert 44 < min(map(len, broken[:4])) <= max(map(len, broken)) <= 88
    assert all(piece.endswith(" ") for piece in broken[:4])
    endless = pieces(body(replace(HELLO, messages=(Message("user", "x" * 300),))).decode())
    assert [len(piece) for piece in endless[1:3]] == [88, 88]


def test_a_very_long_body_stays_a_program_that_compiles() -> None:
    recipe = Recipe(model_id=SAMPLE_MODEL_ID, messages=(Message("user", "wind \n" * 300_000),))
    broken = pieces(body(recipe).decode())
    assert "".join(broken).encode() == body(recipe)
    assert len(broken) <= 2_000
    assert max(map(len, broken)) < 10_000  # a Java constant holds 65,535 bytes
