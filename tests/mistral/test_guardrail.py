"""What is read from a guardrail's trace, in the forms of AWS's reference."""

from __future__ import annotations

from typing import Any

import pytest

from lib.mistral.guardrail import MOST_FINDINGS, findings

ACTION, TRACE = "amazon-bedrock-guardrailAction", "amazon-bedrock-trace"
BLOCKED: dict[str, Any] = {
    "topicPolicy": {"topics": [{"name": "Weapons", "type": "DENY", "action": "BLOCKED"}]},
    "contentPolicy": {
        "filters": [
            {"type": "VIOLENCE", "confidence": "HIGH", "filterStrength": "HIGH", "action": "BLOCKED"},
            {"type": "HATE", "confidence": "NONE", "action": "NONE", "detected": False},
        ]
    },
    "wordPolicy": {"customWords": [{"match": "secret-word", "action": "BLOCKED"}]},
    "invocationMetrics": {"guardrailProcessingLatency": 12},
}
MASKED: dict[str, Any] = {
    "sensitiveInformationPolicy": {
        "piiEntities": [{"match": "a@example.com", "type": "EMAIL", "action": "ANONYMIZED"}],
        "regexes": [{"name": "order", "match": "A-1", "regex": "A-.", "action": "ANONYMIZED"}],
    }
}


def trace(**parts: Any) -> dict[str, Any]:
    return {ACTION: "INTERVENED", TRACE: {"guardrail": parts}}


def test_a_call_without_a_guardrail_has_no_findings() -> None:
    assert findings({"outputs": [{"text": "Hello"}]}) is None
    assert findings({TRACE: None}) is None


def test_a_guardrail_that_found_nothing_has_none() -> None:
    assert findings({ACTION: "NONE"}) == ()
    assert findings(trace(inputAssessment={"g1": {"invocationMetrics": {}}})) == ()


@pytest.mark.parametrize("name", ["inputAssessment", "input"])
def test_what_was_found_in_a_prompt_is_named_without_the_words_that_matched(name: str) -> None:
    found = findings(trace(**{name: {"g1": BLOCKED}}))
    assert found == (
        "prompt: topic “Weapons” blocked",
        "prompt: filter “VIOLENCE” blocked",
        "prompt: a word of the host's list blocked",
    )
    assert "secret-word" not in str(found)


@pytest.mark.parametrize(
    "parts", [{"outputAssessments": {"g1": [MASKED]}}, {"outputs": [{"g1": MASKED}]}], ids=["map", "list"]
)
def test_what_was_masked_in_an_answer_is_named(parts: dict[str, Any]) -> None:
    found = findings(trace(modelOutput=["a@example.com"], **parts))
    assert found == ("answer: personal data “EMAIL” masked", "answer: pattern “order” masked")


def test_what_a_guardrail_only_detects_is_named() -> None:
    seen = {"contentPolicy": {"filters": [{"type": "INSULTS", "action": "NONE", "detected": True}]}}
    assert findings(trace(inputAssessment={"g1": seen})) == ("prompt: filter “INSULTS” found",)


@pytest.mark.parametrize(
    "odd", [[], "x", 7, {"guardrail": "x"}, {"guardrail": {"input": [7, {"action": 3}]}}]
)
def test_other_forms_are_no_error(odd: Any) -> None:
    assert findings({ACTION: "NONE", TRACE: odd}) == ()


def test_the_number_and_the_length_of_findings_are_limited() -> None:
    topics = [{"name": f"t{number}" * 100, "type": "DENY", "action": "BLOCKED"} for number in range(99)]
    found = findings(trace(inputAssessment={"g1": {"topicPolicy": {"topics": topics}}}))
    assert found
    assert len(found) == MOST_FINDINGS
    assert max(map(len, found)) < 120
