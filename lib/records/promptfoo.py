"""A comparison run as a promptfooconfig.yaml, with which promptfoo sends the same prompt to Bedrock."""

import json
from typing import Any

from lib.comparison.run import Run
from lib.mistral.catalog import SAMPLE_MODEL_ID
from lib.mistral.recipe import NUMBERS, Recipe

_NAMED = {"max_tokens": "maxTokens", "temperature": "temperature", "top_p": "topP"}
"""The numbers that Converse has a name for; the others are additional fields of the model's own body."""


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
    # A test without any field is refused: promptfoo 0.123.1 wants at least one.
    lines += ["tests:", "  - vars: {}", "evaluateOptions:", f"  repeat: {repeats}", "  cache: false"]
    return "\n".join(lines) + "\n"


def _provider(run: Run, index: int, region: str | None, prompt: int) -> list[str]:
    recipe = run.columns[index].recipe
    model = SAMPLE_MODEL_ID if recipe.model.local else recipe.model.call_id(region)
    config: dict[str, Any] = {"region": region} if region else {}
    numbers = {name: value for name in NUMBERS if (value := getattr(recipe, name)) is not None}
    config |= {_NAMED[name]: value for name, value in numbers.items() if name in _NAMED}
    if recipe.stop:
        config["stopSequences"] = list(recipe.stop)
    if more := {name: value for name, value in numbers.items() if name not in _NAMED}:
        config["additionalModelRequestFields"] = more
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
