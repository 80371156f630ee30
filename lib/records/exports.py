"""A run as a file: JSON with everything, CSV for a spreadsheet, YAML to go on with promptfoo."""

import csv
import io
import json
from typing import Any

from lib.bedrock.answer import Answer
from lib.comparison.run import Run
from lib.comparison.spread import spread
from lib.mistral.catalog import SAMPLE_MODEL_ID
from lib.mistral.cost import USD
from lib.mistral.recipe import NUMBERS, Recipe
from lib.records.answer_json import answer_to_json, filled, recipe_to_json

VERSION = 3
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    *("column", "label", "repeat", "attempt", "model", *NUMBERS, "stop", "system", "prompt", "text"),
    *("status", "stop_reason", "input_tokens", "output_tokens", "first_token_ms", "duration_ms"),
    *("tokens_per_second", "cost_usd", "request_id", "problem"),
)


def to_json(run: Run) -> str:
    """Recipes as links and files spell them, texts to the letter, usage, every chunk's timing, spread."""
    columns = []
    for index, column in enumerate(run.columns):
        found = spread([answer.shown_text for answer in column.complete])
        columns.append(
            {
                "label": run.name(index),
                "recipe": recipe_to_json(column.recipe),
                "spread": found and {"value": round(found.value, 4), "kind": found.kind},
                "answers": [_answer(answer) for answer in column.answers],
                "earlier_attempts": [_answer(answer) for answer in column.earlier],
            }
        )
    whole = {
        "format": "sirocco-comparison",
        "version": VERSION,
        "began": run.began.isoformat(timespec="seconds"),
        "compared": run.subject,
        "prompt": run.prompt,
        "columns": columns,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def to_csv(run: Run) -> str:
    """One line for each answer. A text that a spreadsheet takes for a formula gets an apostrophe first."""
    file = io.StringIO()
    writer = csv.DictWriter(file, _COLUMNS)
    writer.writeheader()
    for index, column in enumerate(run.columns):
        attempts = [(answer, "earlier") for answer in column.earlier] + [
            (answer, "") for answer in column.answers
        ]
        for number, (answer, attempt) in enumerate(attempts, 1):
            row = {"column": index + 1, "label": run.name(index), "repeat": number, "attempt": attempt}
            writer.writerow({name: _safe(value) for name, value in (row | _row(answer)).items()})
    return file.getvalue()


def to_promptfoo(run: Run, region: str | None) -> str:
    """A promptfooconfig.yaml: each column is a provider (promptfoo docs, AWS Bedrock, Converse API, 2026).

    Every value is written as JSON, which YAML contains. `raw` keeps promptfoo from reading a prompt as a
    template.
    """
    repeats = max(len(column.repeats) for column in run.columns)
    lines = ["# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json"]
    if any(column.recipe.model.local for column in run.columns):
        lines.append("# The embedded model is not on Bedrock: the AWS sample's model stands in its place.")
    lines.append("# Run it in the folder of this file: npx promptfoo eval")
    lines += [f"description: {_text('Sirocco comparison: ' + ' '.join(run.prompt.split())[:80])}", "prompts:"]
    prompts = list(dict.fromkeys(_messages(column.recipe) for column in run.columns))
    for number, prompt in enumerate(prompts, 1):
        lines += [
            f"  - id: prompt-{number}",
            f"    label: prompt-{number}",
            f"    raw: {_text(_raw(prompt))}",
        ]
    lines.append("providers:")
    for index, column in enumerate(run.columns):
        lines += _provider(run, index, region, prompts.index(_messages(column.recipe)) + 1)
    lines += ["tests:", "  - {}", "evaluateOptions:", f"  repeat: {repeats}", "  cache: false"]
    return "\n".join(lines) + "\n"


def _provider(run: Run, index: int, region: str | None, prompt: int) -> list[str]:
    recipe = run.columns[index].recipe
    model = SAMPLE_MODEL_ID if recipe.model.local else recipe.model.call_id(region)
    config: dict[str, Any] = {"region": region} if region else {}
    named = {"maxTokens": recipe.max_tokens, "temperature": recipe.temperature, "topP": recipe.top_p}
    config |= {name: value for name, value in named.items() if value is not None}
    if recipe.stop:
        config["stopSequences"] = list(recipe.stop)
    if recipe.top_k is not None:
        config["additionalModelRequestFields"] = {"top_k": recipe.top_k}
    return [
        f"  - id: {_text('bedrock:converse:' + model)}",
        f"    label: {_text(run.name(index))}",
        f"    prompts: [prompt-{prompt}]",
        f"    config: {json.dumps(config, ensure_ascii=False)}",
    ]


def _messages(recipe: Recipe) -> str:
    if not recipe.system.strip():
        return recipe.prompt
    if not recipe.model.system:  # Sirocco folds it into the prompt, too
        return f"{recipe.system.strip()}\n\n{recipe.prompt}"
    said = {"system": recipe.system, "user": recipe.prompt}
    return json.dumps([{"role": role, "content": text} for role, text in said.items()], ensure_ascii=False)


def _raw(text: str) -> str:
    return "{% raw %}" + text.replace("{% endraw", "{ % endraw") + "{% endraw %}"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _answer(answer: Answer) -> dict[str, Any]:
    """As links spell it, with what stays private there and what would have to be calculated."""
    figures = {
        "first_token_ms": _rounded(answer.first_token_ms),
        "cost_usd": _dollars(answer),
    }
    return {"recipe": recipe_to_json(answer.recipe)} | answer_to_json(answer, private=True) | filled(figures)


def _row(answer: Answer) -> dict[str, Any]:
    recipe, usage = answer.recipe, answer.usage
    return {
        "model": recipe.model_id,
        **{name: getattr(recipe, name) for name in NUMBERS},
        "stop": json.dumps(list(recipe.stop), ensure_ascii=False) if recipe.stop else "",
        "system": recipe.system,
        "prompt": recipe.prompt,
        "text": answer.text,
        "status": answer.status,
        "stop_reason": answer.stop_reason,
        "input_tokens": usage and usage.input_tokens,
        "output_tokens": usage and usage.output_tokens,
        "first_token_ms": _rounded(answer.first_token_ms),
        "duration_ms": _rounded(answer.duration_ms),
        "tokens_per_second": _rounded(answer.tokens_per_second),
        "cost_usd": _dollars(answer),
        "request_id": answer.request_id,
        "problem": answer.problem and answer.problem.kind,
    }


def _dollars(answer: Answer) -> float | None:
    return None if answer.cost is None else answer.cost / USD


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
