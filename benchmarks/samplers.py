"""Words in play and readability of answers under different defaults of the local model's sampler.

`python -m benchmarks.samplers [--seeds 2] [--tokens 60]`: one line for each setting and temperature, JSON. It
needs the PyPI package wordfreq 3.1.1 for the share of known words, which is nothing that the app installs.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any

from lib.local.chain import ORDER, Chain, cuts, weights
from lib.local.llama import SLOTS, LlamaEngine

PROMPTS = Path(__file__).with_name("sampler_prompts.txt").read_text(encoding="utf-8").splitlines()
TEMPERATURES = (0.1, 0.3, 0.5, 0.7, 1.0)
LISTED = 300
"""Candidates that are asked for at each token; with top_k 50 no other can be drawn."""
OLD_ORDER = ("dry", "top_k", "top_p", "min_p", "temperature")
SETTINGS: Mapping[str, dict[str, Any]] = {
    "min_p 0.1, DRY 0.8 from 4, temperature last": {"min_p": 0.1, "dry": 0.8, "from": 4, "order": OLD_ORDER},
    "min_p 0.1, DRY 0.8 from 4": {"min_p": 0.1, "dry": 0.8, "from": 4},
    "min_p 0.05, DRY 0.8 from 4": {"min_p": 0.05, "dry": 0.8, "from": 4},
    "min_p 0.02, DRY 0.8 from 4": {"min_p": 0.02, "dry": 0.8, "from": 4},
    "no min_p, DRY 0.8 from 4": {"min_p": 0.0, "dry": 0.8, "from": 4},
    "min_p 0.02, DRY 0.8 from 8": {"min_p": 0.02, "dry": 0.8, "from": 8},
    "min_p 0.02, no DRY": {"min_p": 0.02, "dry": 0.0, "from": 4},
    "no min_p, no DRY": {"min_p": 0.0, "dry": 0.0, "from": 4},
}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
TOP_P, TOP_K = 0.9, 50
"""The local model's defaults in lib/mistral/catalog.toml, with which the page sends."""


def answer(
    engine: LlamaEngine, prompt: str, temperature: float, setting: Mapping[str, Any], seed: int, tokens: int
) -> dict[str, float | str]:
    """One answer, measured."""
    chain = Chain(temperature, TOP_K, TOP_P, setting["min_p"], setting["dry"], 1.75, setting["from"])
    chunks: list[Any] = []
    body = {
        "messages": [{"role": "user", "content": prompt}],
        "temperature": temperature,
        "top_p": TOP_P,
        "top_k": TOP_K,
        "min_p": setting["min_p"],
        "dry_multiplier": setting["dry"],
        "dry_allowed_length": setting["from"],
        "samplers": list(setting.get("order", ORDER)),
        "seed": seed,
        "max_tokens": tokens,
        "logprobs": True,
        "top_logprobs": LISTED,
        "stream": True,
    }
    engine._server.handle_chat_completions(body, lambda chunk: bool(chunks.append(chunk)))
    text, plain, left = "", [], []
    for choice in (choice for chunk in chunks for choice in chunk["choices"]):
        text += choice["delta"].get("content") or ""
        for entry in (choice.get("logprobs") or {}).get("content", []):
            logprobs = [each["logprob"] for each in entry["top_logprobs"]]
            plain.append(in_play(weights(logprobs, temperature)))
            left.append(in_play(surviving(logprobs, chain, "order" in setting)))
    return {"text": text, "plain": mean(plain), "left": mean(left), **readability(text)}


def surviving(logprobs: list[float], chain: Chain, temperature_last: bool) -> list[float]:
    """The weights of the candidates that can be drawn. DRY is left out: it touches few tokens."""
    first = Chain(1.0, chain.top_k, chain.top_p, chain.min_p, 0, 0, 0) if temperature_last else chain
    weight = weights(logprobs, chain.temperature)
    return [each for each, cut in zip(weight, cuts(logprobs, first), strict=True) if cut is None]


def in_play(weight: list[float]) -> float:
    """The effective number of candidates: e to the entropy. n equally likely ones give n."""
    total = sum(weight)
    return math.exp(-sum(each / total * math.log(each / total) for each in weight if each > 0))


def readability(text: str) -> dict[str, float]:
    """Shares from 0 to 1: words that occur in English texts, runs of four words that were there before."""
    from wordfreq import zipf_frequency

    words = [word.lower() for word in _WORD.findall(text)]
    runs = [tuple(words[at : at + 4]) for at in range(len(words) - 3)]
    known = mean(zipf_frequency(word, "en") >= 1.5 for word in words) if words else 0.0
    repeated = 1 - len(set(runs)) / len(runs) if runs else 0.0
    return {"known": known, "repeated": repeated}


def measure(engine: LlamaEngine, seeds: int, tokens: int) -> Iterator[dict[str, Any]]:
    """Rows of the table, one for each setting and temperature."""
    with ThreadPoolExecutor(SLOTS) as pool:
        for (name, setting), temperature in product(SETTINGS.items(), TEMPERATURES):
            calls = [
                pool.submit(answer, engine, prompt, temperature, setting, seed, tokens)
                for prompt, seed in product(PROMPTS, range(1, seeds + 1))
            ]
            found = [call.result() for call in calls]
            readable = [one["known"] >= 0.95 and one["repeated"] <= 0.1 for one in found]
            row = {"setting": name, "temperature": temperature, "readable": sum(readable), "of": len(found)}
            figures = {key: mean(one[key] for one in found) for key in ("plain", "left", "known", "repeated")}
            yield row | figures | {"texts": [one["text"] for one in found]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.samplers")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=60)
    parser.add_argument("--texts", action="store_true", help="print the answers, too")
    options = parser.parse_args()
    for row in measure(LlamaEngine(), options.seeds, options.tokens):
        texts = row.pop("texts")
        print(json.dumps(row), flush=True)
        for text in texts if options.texts else ():
            print("   ", json.dumps(text, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
