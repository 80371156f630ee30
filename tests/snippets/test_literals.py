"""Any text, written as a literal, is read back as the same text by the language itself or its rules."""

from __future__ import annotations

import ast
import json
import random
import shutil
import subprocess
from pathlib import Path

from lib.snippets import literals
from tests.snippets.readers import csharp_strings, java_strings
from tests.support import random_makers
from tests.support.javascript import PATH

LITERALS = (
    literals.python,
    literals.javascript,
    literals.java,
    literals.go,
    literals.csharp,
    literals.shell,
)
RNG = random.Random(1)
TEXTS = [
    "",
    *random_makers.HOSTILE,
    *map(chr, range(0x180)),
    *(random_makers.text(RNG) for _ in range(5_000)),
]
TEXTS += ["".join(RNG.choices("\\\"'`u0041nx{}$%\n\r\0\u2028😀", k=12)) for _ in range(5_000)]


def test_python_reads_its_literals() -> None:
    for text in TEXTS:
        assert ast.literal_eval(literals.python(text)) == text


def test_javascript_reads_its_literals(tmp_path: Path) -> None:
    source = "console.log(JSON.stringify([\n" + ",\n".join(map(literals.javascript, TEXTS)) + "\n]))\n"
    (tmp_path / "texts.mjs").write_text(source, encoding="utf-8", newline="")
    command = ["node", str(tmp_path / "texts.mjs")]
    run = subprocess.run(command, env={"PATH": PATH}, capture_output=True, check=True, timeout=60)
    assert json.loads(run.stdout) == TEXTS


def test_the_shell_reads_its_literals(tmp_path: Path) -> None:
    lines = "".join(f"printf '%b' {literals.shell(text)}\nprintf '\\377'\n" for text in TEXTS)
    (tmp_path / "texts.sh").write_text(lines, encoding="utf-8", newline="")
    run = subprocess.run(["sh", str(tmp_path / "texts.sh")], capture_output=True, check=True, timeout=60)
    assert run.stdout.split(b"\xff")[:-1] == [text.encode() for text in TEXTS]


def test_java_reads_its_literals() -> None:
    for text in TEXTS:
        assert java_strings(f"({literals.java(text)})", "(") == text


def test_csharp_reads_its_literals() -> None:
    for text in TEXTS:
        assert csharp_strings(f"{{{literals.csharp(text)}}}", "{") == text


def test_go_reads_its_literals(tmp_path: Path) -> None:
    """The escapes that occur are those of C#, too, so its reader reads them; Go does if it is installed."""
    for text in TEXTS:
        assert csharp_strings(f"{{{literals.go(text)}}}", "{") == text
    if not shutil.which("go"):
        return
    lines = "".join(f"\t{literals.go(text)},\n" for text in TEXTS)
    source = 'package main\n\nimport (\n\t"encoding/json"\n\t"os"\n)\n\nvar texts = []string{\n' + lines
    source += "}\n\nfunc main() {\n\tjson.NewEncoder(os.Stdout).Encode(texts)\n}\n"
    (tmp_path / "main.go").write_text(source, encoding="utf-8", newline="")
    run = subprocess.run(
        ["go", "run", str(tmp_path / "main.go")], capture_output=True, check=True, timeout=100
    )
    assert json.loads(run.stdout) == TEXTS


def test_a_literal_holds_nothing_that_a_reader_cannot_see() -> None:
    for write in LITERALS:
        assert all(write(text).isprintable() for text in TEXTS)


def test_letters_stay_readable_except_in_java() -> None:
    text = "Où souffle 日本 😀"
    for write in (literal for literal in LITERALS if literal is not literals.java):
        assert text in write(text)
    assert literals.java("é😀") == '"\\u00e9\\ud83d\\ude00"'
