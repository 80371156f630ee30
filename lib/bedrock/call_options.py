"""What a host adds to every call to AWS: a guardrail, a service tier, metadata for the invocation log.

Names and values follow botocore 1.44.8's model of InvokeModelWithResponseStream; no live call confirmed them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

TIERS = ("default", "priority", "flex")
"""The tiers that AWS offers for Mistral's models (model cards, autumn 2026)."""
_GUARDRAIL = re.compile(
    r"([a-z0-9]+|arn:aws[^:\s]*:bedrock:[^:\s]+:[0-9]{12}:guardrail/[a-z0-9]+):([1-9][0-9]{0,7}|DRAFT)"
)
_LONGEST_METADATA = 8500  # characters of JSON


@dataclass(frozen=True)
class CallOptions:
    """`guardrail`: its id or ARN, and its version. `tier`: one of TIERS. `metadata`: names and values that
    AWS writes into its log. `notes`: a sentence for each setting that was not understood."""

    guardrail: tuple[str, str] | None = None
    tier: str | None = None
    metadata: Mapping[str, str] | None = None
    notes: tuple[str, ...] = ()

    def arguments(self) -> Mapping[str, str]:
        """Them as arguments of invoke_model_with_response_stream. A guardrail comes with its trace."""
        given: dict[str, str] = {}
        if self.guardrail:
            given["guardrailIdentifier"], given["guardrailVersion"] = self.guardrail
            given["trace"] = "ENABLED"
        if self.tier:
            given["serviceTier"] = self.tier
        if self.metadata:
            given["requestMetadata"] = json.dumps(self.metadata)
        return given


def call_options(environment: Mapping[str, str] | None = None) -> CallOptions:
    """The host's settings. Never raises: a setting that is not understood is left out and gets a note."""
    said = os.environ if environment is None else environment
    notes: list[str] = []
    return CallOptions(
        _guardrail(said.get("SIROCCO_GUARDRAIL", "").strip(), notes),
        _tier(said.get("SIROCCO_SERVICE_TIER", "").strip().lower(), notes),
        _metadata(said.get("SIROCCO_REQUEST_METADATA", "").strip(), notes),
        tuple(notes),
    )


def _guardrail(text: str, notes: list[str]) -> tuple[str, str] | None:
    if found := _GUARDRAIL.fullmatch(text):
        return found[1], found[2]
    if text:
        notes.append("SIROCCO_GUARDRAIL takes ID:VERSION, such as abc123:1 or abc123:DRAFT.")
    return None


def _tier(text: str, notes: list[str]) -> str | None:
    if text in TIERS:
        return text
    if text:
        notes.append(f"SIROCCO_SERVICE_TIER is “{text[:40]}”; it takes {', '.join(TIERS)}.")
    return None


def _metadata(text: str, notes: list[str]) -> Mapping[str, str] | None:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    found = {name.strip(): value.strip() for name, _, value in pairs}
    lawful = all(name.strip() and sign for name, sign, _ in pairs) and text.isascii()
    if lawful and len(json.dumps(found)) <= _LONGEST_METADATA:
        return found or None
    notes.append("SIROCCO_REQUEST_METADATA takes NAME=VALUE, with commas between several.")
    return None
