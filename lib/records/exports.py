"""A run as a JSON file with everything, or as CSV for a spreadsheet; lib.records.promptfoo makes a third."""

import csv
import io
import json
from collections import Counter
from dataclasses import replace
from typing import Any

from lib.bedrock.answer import Answer
from lib.comparison.figures import Figures, figures
from lib.comparison.plan import label
from lib.comparison.run import Run
from lib.mistral.cost import USD
from lib.mistral.recipe import NUMBERS
from lib.records.answer_json import answer_to_json, filled, recipe_to_json

VERSION = 3
"""The version of the JSON file. It rises if a field is removed, renamed or given another meaning."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    *("column", "label", "repeat", "attempt", "model", *NUMBERS, "stop", "system", "prompt", "text"),
    *("status", "stop_reason", "input_tokens", "output_tokens", "first_token_ms", "duration_ms"),
    *("tokens_per_second", "cost_usd", "request_id", "problem"),
)


def to_json(run: Run) -> str:
    """Recipes and answers as lib.records.answer_json spells them, and the figures of each column."""
    columns = []
    for index, column in enumerate(run.columns):
        found = figures([answer.shown_text for answer in column.complete])
        columns.append(
            {
                "label": run.name(index),
                "recipe": recipe_to_json(column.recipe),
                "figures": found and _figures(found),
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
    """One line for each answer. A text that a spreadsheet takes for a formula gets an apostrophe first.

    `label` names the settings that the answer was made with, also where its column was changed afterwards;
    `attempt` is "earlier" for what was run again. `repeat` counts the answers of one label and attempt.
    """
    file = io.StringIO()
    writer = csv.DictWriter(file, _COLUMNS)
    writer.writeheader()
    for index, column in enumerate(run.columns):
        attempts = [(answer, "earlier") for answer in column.earlier]
        attempts += [(answer, "") for answer in column.answers]
        counted: Counter[tuple[str, str]] = Counter()
        for answer, attempt in attempts:
            of = label(answer.recipe, run.subject, index + 1), attempt
            counted[of] += 1
            row = {"column": index + 1, "label": of[0], "repeat": counted[of], "attempt": attempt}
            writer.writerow({name: _safe(value) for name, value in (row | _row(answer)).items()})
    return file.getvalue()


def _figures(found: Figures) -> dict[str, Any]:
    interval = found.interval
    return {
        "answers": found.answers,
        "different": found.different,
        "shared_words": round(found.shared, 4),
        "interval": interval and [round(end, 4) for end in interval],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    """The answer as links spell it, with the fields that are private there and figures that are calculated.

    Of the thinking of a model there are only the figures, not the text.
    """
    figures = {
        "thinking_characters": len(answer.thinking) or None,
        "first_token_ms": _rounded(answer.first_token_ms),
        "cost_usd": _dollars(answer),
    }
    return (
        {"recipe": recipe_to_json(answer.recipe)}
        | answer_to_json(replace(answer, thinking=""), private=True)
        | filled(figures)
    )


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
