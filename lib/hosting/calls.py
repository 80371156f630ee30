"""Checks that call AWS: the account's models, a short answer, one token from each model."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from lib.bedrock.account import FORBIDDEN, Listing, nearest_active
from lib.bedrock.answer import Answer
from lib.bedrock.backend import Backend
from lib.bedrock.gate import Visitor
from lib.bedrock.wording import count
from lib.hosting.check import Check, failed
from lib.mistral.catalog import Model
from lib.mistral.cost import in_words, rounded_up
from lib.mistral.recipe import Message, Recipe

QUESTION = "Count from one to twenty in words."
ANSWER_TOKENS = 64
HELLO = "Hi"
INPUT_TOKENS = 40
"""An upper limit for the tokens of either prompt, whichever model counts them."""
PATIENCE_S = 30.0
"""How long a check waits for an answer."""
AT_ONCE = 4
"""How many models are called at the same time."""
FEW = 4
"""Answers with fewer chunks are too short to judge buffering."""
QUICK_MS = 200.0
"""Answers generated in less than QUICK_MS are too short to judge buffering."""
REFUSED = {"bad-key", "bad-api-key", "key-expired", "signature", "sso-expired", "login-expired"}
REFUSED |= {"no-credentials", "credentials-failed", "profile-not-found", "partial-credentials"}
"""Problem kinds that have their cause in the credentials."""
_RETIRED = {"legacy", "end-of-life", "no-model-access", "wrong-region", "bad-model-id", "not-found"}


def account_models(listing: Listing) -> Check:
    """The models that the account lists. Without the permission to list models this is a warning only."""
    name = "Account's models"
    if listing.source == "account" and not listing.problem:
        legacy = sum(model.lifecycle.status == "legacy" for model in listing.offered)
        says = f"{count(len(listing.models), 'model')} can be called"
        says += f", {legacy} of them marked Legacy." if legacy else "."
        return Check(name, "ok", f"{says} {listing.note or ''}".strip())
    if listing.problem is None:
        return Check(name, "failed", listing.note or "", "Set AWS_DEFAULT_REGION to a region that has them.")
    if listing.problem.kind in FORBIDDEN:
        fix = "Allow bedrock:ListFoundationModels and bedrock:ListInferenceProfiles, or leave it as it is."
    else:
        fix = "Check that this machine may reach Bedrock's control plane; answers do not need it."
    return Check(name, "warning", listing.note or "", fix)


def cost(models: Sequence[Model], output_tokens: int = 1) -> str:
    """The most that one call of each model may cost, in words. The prices are the catalogue's estimates."""
    if all(model.local for model in models):
        return "free"
    known = [model.price.cost(INPUT_TOKENS, output_tokens) for model in models if model.price]
    unknown = len(models) - len(known)
    return f"at most {in_words(rounded_up(sum(known)))}" + (
        f", and {unknown} without a known price" if unknown else ""
    )


def streaming(backend: Backend, visitor: Visitor) -> Check:
    """Whether a short real answer arrives while the model generates it."""
    asked = Recipe(
        model_id=backend.default_model.id, messages=(Message("user", QUESTION),), max_tokens=ANSWER_TOKENS
    )
    answer = _answer(backend, asked, visitor)
    return _no_answer("Streaming", answer, backend) or arrival(answer)


def arrival(answer: Answer) -> Check:
    """Whether the chunks of a complete answer arrived one after the other, or a proxy held them back."""
    name = "Streaming"
    times = [beat.ms for beat in answer.timeline]
    first, last = times[0], times[-1]
    spread, written = last - first, _written_ms(answer)
    says = f"{len(times)} chunks over {spread / 1000:.2f} s, the first after {first / 1000:.2f} s."
    fix = (
        "Turn off response buffering in the proxy between this machine and Bedrock (nginx: "
        "proxy_buffering off), or go around it with NO_PROXY."
    )
    if len(times) < FEW:
        return Check(name, "warning", f"The answer was too short to judge: {says}", "Run the check again.")
    if written >= QUICK_MS and spread < written / 5:
        held = (
            f"A proxy holds answers back: all {len(times)} chunks came within {spread:.0f} ms at "
            f"the end, though the model took {written / 1000:.2f} s to write them."
        )
        return Check(name, "failed", held, fix)
    if (bursts := _bursts(times)) * 6 <= len(times) and spread >= QUICK_MS:
        held = (
            f"A proxy seems to collect the answer, or this machine was busy: {len(times)} chunks came "
            f"in only {bursts} bursts."
        )
        return Check(name, "warning", held, fix)
    if written < QUICK_MS and spread < QUICK_MS:
        says += " That was too quick to tell whether anything holds answers back."
    return Check(name, "ok", says)


def call_each(backend: Backend, models: Sequence[Model], visitor: Visitor) -> tuple[Check, ...]:
    """Ask each model for one token, AT_ONCE at the same time. Returns one check for each model."""
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="doctor") as pool:
        return tuple(pool.map(lambda model: call(backend, model, visitor), models))


def call(backend: Backend, model: Model, visitor: Visitor) -> Check:
    """Ask one model for one token."""
    hello = Recipe(model_id=model.id, messages=(Message("user", HELLO),), max_tokens=1)
    answer = _answer(backend, hello, visitor)
    wrong = _no_answer(model.name, answer, backend)
    return wrong or Check(model.name, "ok", f"It answers ({answer.duration_ms / 1000:.2f} s).")


def _answer(backend: Backend, recipe: Recipe, visitor: Visitor) -> Answer:
    reply = backend.stream(recipe, visitor)
    deadline = time.monotonic() + PATIENCE_S
    seen = 0
    while not reply.ended and time.monotonic() < deadline:
        seen += len(reply.read(seen, 0.2))
    reply.close()
    return reply.answer


def _no_answer(name: str, answer: Answer, backend: Backend) -> Check | None:
    """A failed check, or None if the answer is complete."""
    if answer.status == "complete" and answer.timeline:
        return None
    if answer.problem is None:
        says = f"{answer.recipe.model.name} did not finish a short answer within {PATIENCE_S:.0f} seconds."
        return Check(name, "failed", says, "Try again; if it stays, choose another model or region.")
    check = failed(name, answer.problem)
    other = nearest_active(answer.recipe.model, backend.account.listing().offered)
    if answer.problem.kind in _RETIRED and other:
        return Check(name, "failed", check.says, f"{check.fix} The nearest active one is {other.name}.")
    return check


def _written_ms(answer: Answer) -> float:
    """How long the model generated after its first byte, in ms, as the service measured it. If the service
    did not report it: half of the time until the last chunk."""
    usage = answer.usage
    if usage and usage.latency_ms is not None and usage.first_byte_ms is not None:
        return usage.latency_ms - usage.first_byte_ms
    return answer.timeline[-1].ms / 2


def _bursts(times: Sequence[float]) -> int:
    """How many groups of chunks arrived; a pause longer than a quarter of the mean gap separates two
    groups."""
    pause = (times[-1] - times[0]) / (len(times) - 1) / 4
    return 1 + sum(later - earlier > pause for earlier, later in pairwise(times))
