"""What visitors of a hosted page are told: where their prompts go, and that nothing is stored here."""

from __future__ import annotations

from lib.bedrock.backend import Backend

RUNS_HERE = "Runs on this computer and is free."
_STORED = "This server stores nothing of it; your own browser does."


def where_prompts_go(backend: Backend, *, at_home: bool) -> str:
    """One or two sentences. `at_home`: the visitor sits at the computer that runs the app."""
    if backend.kind == "local" and at_home:
        return RUNS_HERE
    if backend.kind == "local":
        return f"What you write goes to the embedded model on this server. {_STORED}"
    place = f"Amazon Bedrock in {backend.region}" if backend.region else "Amazon Bedrock"
    if at_home:
        return f"What you write goes to {place}."
    return f"What you write goes to {place}. {_STORED}"
