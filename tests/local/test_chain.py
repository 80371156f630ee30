"""The steps of the sampler and DRY, compared with llama.cpp's own, in this process."""

import math
from dataclasses import replace
from typing import Any

import pytest

from lib.local.chain import Chain, cuts, weights
from lib.local.dry import Context
from lib.local.llama import LlamaEngine
from lib.local.llama_odds import sampling

OPEN = Chain(1.0, 0, 1.0, 0.0, 0.0, 1.75, 4)
TEXTS = ("The cat sat on the", "My favourite food is", "Once upon a time there was a")
LOOP = "we go to the sea and swim, then we go home. In the morning we go to the sea and"


@pytest.fixture(scope="module")
def engine() -> LlamaEngine:
    return LlamaEngine()


def ask(engine: LlamaEngine, text: str, chain: Chain, **more: Any) -> list[dict[str, Any]]:
    """The listed candidates of one token."""
    found: list[dict[str, Any]] = []
    body = {"prompt": text, "n_predict": 1, "stream": True, "ignore_eos": True, "n_probs": 2000, "seed": 1}

    def take(raw: dict[str, Any]) -> bool:
        for choice in raw["choices"]:
            for entry in (choice["logprobs"] or {}).get("content", []):
                found.extend(entry.get("top_logprobs") or entry["top_probs"])
        return False

    engine._server.handle_completions(body | sampling(chain) | more, take)
    return found


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    "chain",
    [
        replace(OPEN, temperature=0.3, top_p=0.9),
        replace(OPEN, temperature=0.7, top_k=20, top_p=0.8),
        replace(OPEN, temperature=1.0, top_k=50, top_p=0.9, min_p=0.1),
        replace(OPEN, temperature=0.7, min_p=0.05),
        replace(OPEN, temperature=0.0, top_k=50, top_p=0.9),
    ],
    ids=str,
)
def test_the_engine_draws_from_what_our_steps_leave_with_our_weights(
    engine: LlamaEngine, text: str, chain: Chain
) -> None:
    raw = ask(engine, text, OPEN)
    logprobs = [each["logprob"] for each in raw]
    left = [index for index, cut in enumerate(cuts(logprobs, chain)) if cut is None]
    weight = weights(logprobs, chain.temperature or 1.0)
    total = sum(weight[index] for index in left)
    ours = {raw[index]["id"]: weight[index] / total for index in left}
    theirs = {
        each["id"]: each["prob"]
        for each in ask(engine, text, chain, post_sampling_probs=True)
        if each["prob"] > 0
    }
    assert ours.keys() == theirs.keys()
    assert all(abs(ours[token] - theirs[token]) < 0.002 for token in ours)


def test_equal_candidates_of_the_highest_probability_leave_one_at_temperature_zero() -> None:
    assert cuts([-1.0, -1.0, -2.0], replace(OPEN, temperature=0.0)) == [None, "temperature", "temperature"]


def test_each_cut_names_the_first_step_that_removes_the_candidate() -> None:
    logprobs = [math.log(each) for each in (0.5, 0.3, 0.04, 0.03, 0.02)]
    chain = replace(OPEN, top_k=4, top_p=0.95, min_p=0.1)
    assert cuts(logprobs, chain) == [None, None, "min_p", "top_p", "top_k"]


def test_what_is_not_listed_counts_for_top_p_where_top_k_is_off() -> None:
    """0.5 and 0.3 are 0.8 of all and 0.94 of the listed."""
    listed, chain = [math.log(each) for each in (0.5, 0.3, 0.05)], replace(OPEN, top_p=0.84)
    assert cuts(listed, chain, 0.15) == [None] * 3
    assert cuts(listed, chain) == [None, None, "top_p"]


@pytest.mark.parametrize(
    "text", [LOOP, f"{LOOP} swim, then we go home. In the morning we", "so x a b c d e f, so x a b c d e"]
)
@pytest.mark.parametrize("allowed", [2, 4])
def test_our_dry_penalty_of_a_token_is_that_of_the_engine(
    engine: LlamaEngine, text: str, allowed: int
) -> None:
    chain = replace(OPEN, dry_multiplier=0.8, dry_allowed_length=allowed)
    context = Context()
    for token, piece in engine._tokens.of_text(text):
        context.add(token, piece)
    ours = context.penalties(chain)
    raw = {each["id"]: each["logprob"] for each in ask(engine, text, OPEN)}
    after = ask(engine, text, chain, post_sampling_probs=True)
    taken = {each["id"]: raw[each["id"]] - math.log(each["prob"]) for each in after if each["id"] in raw}
    least = min(taken.values())  # the tokens without a penalty, which differ only by the new sum
    theirs = {token: lost - least for token, lost in taken.items() if lost - least > 0.01}
    assert ours
    assert theirs == pytest.approx({token: ours[token] for token in ours if token in taken}, abs=0.02)


def test_dry_does_not_look_back_over_a_line_break(engine: LlamaEngine) -> None:
    chain = replace(OPEN, dry_multiplier=0.8)
    context = Context()
    for token, piece in engine._tokens.of_text("one two three four five six\none two three"):
        context.add(token, piece)
    assert context.penalties(chain) == {}
