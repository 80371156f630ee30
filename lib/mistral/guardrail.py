"""What a guardrail of Amazon Bedrock reports beside an answer, as short findings.

The form follows AWS's API reference for guardrail traces (2026); no live call confirmed it, so each part that
is missing or of another form counts as absent. What was matched in a text is never repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MOST_FINDINGS = 20
_LONGEST = 80  # characters of a name that the host gave
_KINDS = {
    "topics": "topic",
    "filters": "filter",
    "customWords": "a word of the host's list",
    "managedWordLists": "a word of AWS's list",
    "piiEntities": "personal data",
    "regexes": "pattern",
}


def findings(fields: dict[str, Any]) -> tuple[str, ...] | None:
    """What the guardrail found, such as `prompt: topic "Weapons" blocked`, out of one chunk.

    None if no guardrail looked at it; empty if it found nothing, or gave no trace.
    """
    trace = fields.get("amazon-bedrock-trace")
    if "amazon-bedrock-guardrailAction" not in fields and not isinstance(trace, dict):
        return None
    looked = trace.get("guardrail") if isinstance(trace, dict) else None
    found = [
        f"{side}: {what}"
        for name, part in (looked.items() if isinstance(looked, dict) else ())
        if (side := {"in": "prompt", "ou": "answer"}.get(str(name)[:2]))
        for what in _found(part, "")
    ]
    return tuple(dict.fromkeys(found))[:MOST_FINDINGS]


def _found(part: object, kind: str) -> Iterator[str]:
    """Every object with an action, whatever it is nested in. Traces are a few levels deep."""
    if isinstance(part, list):
        for each in part:
            yield from _found(each, kind)
    if not isinstance(part, dict):
        return
    action, detected = part.get("action"), part.get("detected")
    if kind and isinstance(action, str) and (action != "NONE" or detected is True):
        name = part.get("name") or part.get("type")
        named = f" “{str(name)[:_LONGEST]}”" if name and kind not in ("customWords",) else ""
        done = {"BLOCKED": "blocked", "ANONYMIZED": "masked", "NONE": "found"}.get(
            action, action.lower()[:20]
        )
        yield f"{_KINDS.get(kind, kind)}{named} {done}"
    for key, each in part.items():
        yield from _found(each, key if key in _KINDS else "")
