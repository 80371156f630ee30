"""How many answers differ, and where they part: ten prompts at four temperatures with the local model.

`python -m benchmarks.ten_prompts [--answers 30]` prints the table of docs/statistics.md, in Markdown. The
prompts are in ten_prompts.txt, which was committed before the first measurement.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path

from lib.bedrock.backend import Backend
from lib.bedrock.local_endpoint import LocalEndpoint
from lib.comparison.figures import Figures, figures, how_many, order, where, words
from lib.mistral.catalog import LOCAL_MODEL_ID, find
from lib.mistral.recipe import Message, Recipe

PROMPTS = Path(__file__).with_name("ten_prompts.txt").read_text(encoding="utf-8").splitlines()
TEMPERATURES = (0.0, 0.3, 0.7, 1.0)
MOST_WORDS = 12
MAX_TOKENS = 24
AT_ONCE = 4


def answer(here: Backend, prompt: str, temperature: float, seed: int) -> str:
    """The first MOST_WORDS words of one answer; top p and top k are the model's defaults."""
    recipe = Recipe(
        model_id=LOCAL_MODEL_ID,
        messages=(Message("user", prompt),),
        temperature=temperature,
        max_tokens=MAX_TOKENS,
    )
    stream = here.stream(recipe, seed=seed)
    stream.wait_ended(120)
    if stream.answer.status != "complete":
        raise RuntimeError(f"An answer did not come to its end: {stream.answer.problem}")
    return " ".join(words(stream.answer.text)[:MOST_WORDS])


def measure(here: Backend, answers: int) -> Iterator[tuple[str, float, list[str]]]:
    """The answers of each prompt at each temperature, with the seeds 1 to `answers`."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for prompt in PROMPTS:
            for temperature in TEMPERATURES:
                seeds = range(1, answers + 1)
                yield prompt, temperature, list(pool.map(partial(answer, here, prompt, temperature), seeds))


def verdict(one: Figures, other: Figures) -> str:
    """Whether two neighbours separate, the cooler one first."""
    return {None: "no", 1: "yes", -1: "reversed"}[order(one, other)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ten_prompts")
    parser.add_argument("--answers", type=int, default=30)
    parser.add_argument("--texts", type=Path, help="write the answers to this file, as JSON lines")
    options = parser.parse_args()
    endpoint = LocalEndpoint()
    endpoint.start()
    model = find(LOCAL_MODEL_ID)
    here = Backend("local", None, model, model.id, (), endpoint)
    found: dict[str, list[Figures]] = {}
    print("| prompt | temperature | different | they part |\n| --- | ---: | --- | --- |")
    for prompt, temperature, texts in measure(here, options.answers):
        if options.texts:
            with options.texts.open("a", encoding="utf-8") as file:
                file.write(json.dumps([prompt, temperature, texts], ensure_ascii=False) + "\n")
        if one := figures(texts):
            found.setdefault(prompt, []).append(one)
            print(f"| {prompt} | {temperature:g} | {how_many(one)} | {where(one)} |", flush=True)
    steps = " | ".join(f"{cool:g} and {warm:g}" for cool, warm in pairwise(TEMPERATURES))
    print(f"\n| do they separate? | {steps} |\n| --- |{' --- |' * (len(TEMPERATURES) - 1)}")
    for prompt, each in found.items():
        print(f"| {prompt} | {' | '.join(verdict(one, other) for one, other in pairwise(each))} |")
    endpoint.close()


if __name__ == "__main__":
    main()
