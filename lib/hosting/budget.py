"""Doctor's check of the host's settings: is a budget set, and can the ledger be reached?"""

from __future__ import annotations

from lib.bedrock.backend import Backend
from lib.bedrock.gate import ANYBODY, Refused
from lib.hosting.check import Check, failed, skipped
from lib.hosting.start import NO_BUDGET
from lib.mistral.cost import in_words


def check(backend: Backend) -> Check:
    """Whether a budget is set, whether its ledger works, and what is left today."""
    name = "Budget"
    if problem := backend.gate.closed(ANYBODY):
        if problem.kind == "no-budget":
            return Check(name, "warning", NO_BUDGET, "Set SIROCCO_DAILY_USD before you share the page.")
        return failed(name, problem)
    if backend.kind == "local":
        return skipped(name, "The local model is free.")
    try:
        left = backend.gate.left(ANYBODY)
    except Refused as refused:
        return failed(name, refused.problem)
    if left is None and (problem := backend.gate.trouble()):
        return failed(name, problem)
    if left is None:
        return Check(name, "ok", "SIROCCO_DAILY_USD is none: there is no limit to what visitors can spend.")
    says = f"{in_words(left.day)} of {in_words(left.day_cap)} is left today."
    return Check(name, "ok", f"{says} One visitor can use {in_words(left.visitor_cap)} in a day.")
