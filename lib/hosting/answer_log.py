"""One line for each answer on standard error: what it cost and how it ended, and none of its text."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TextIO

from lib.bedrock.answer import Answer
from lib.hosting.deployment import LogForm

Value = str | int | float | None


class AnswerLog:
    """Writes a line when an answer ends. `form` is asked each time, because settings are loaded late."""

    def __init__(self, form: Callable[[], LogForm], out: TextIO | None = None) -> None:
        self._form, self._out = form, out

    def began(self) -> None:
        """Nothing is written at the beginning."""

    def ended(self, answer: Answer) -> None:
        """Write the line of this answer, in one call, so that lines of several threads do not mix."""
        form = self._form()
        if form != "off":
            fields = _fields(answer)
            line = json.dumps(fields) if form == "json" else _as_text(fields)
            print(line, file=self._out or sys.stderr, flush=True)


def _fields(answer: Answer) -> Mapping[str, Value]:
    """The fields that are known. Times are in ms, the cost is in millionths of a dollar and estimated."""
    usage, first = answer.usage, answer.first_token_ms
    fields: Mapping[str, Value] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "event": "answer",
        "model": answer.recipe.model_id,
        "status": answer.status,
        "stop_reason": answer.stop_reason,
        "problem": answer.problem.kind if answer.problem else None,
        "input_tokens": usage.input_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
        "microdollars": answer.cost,
        "first_token_ms": None if first is None else round(first),
        "answer_ms": round(answer.duration_ms),
        "request_id": answer.request_id,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _as_text(fields: Mapping[str, Value]) -> str:
    return " ".join(f"{name}={value}" for name, value in fields.items())
