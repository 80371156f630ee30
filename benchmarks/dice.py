"""Real draws against the odds that are told: one token, drawn with the seeds 1 to 2,000.

`python -m benchmarks.dice [--draws 2000]` prints a table in Markdown. The draws are compared with the
probabilities that the settings leave, by Pearson's chi-squared over bins of at least 5 expected draws; all
smaller ones are one bin. A small p would mean that the odds are wrong.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Mapping

from lib.bedrock.backend import Backend
from lib.bedrock.local_endpoint import LocalEndpoint
from lib.bedrock.odds import OddsClient
from lib.mistral.catalog import LOCAL_MODEL_ID, find

CAT = "The cat sat on the"
CASES = (
    (CAT, {"temperature": 0.3, "top_p": 1.0, "top_k": 200}),
    (CAT, {"temperature": 0.7, "top_p": 1.0, "top_k": 200}),
    (CAT, {"temperature": 1.0, "top_p": 1.0, "top_k": 200}),
    (CAT, {"temperature": 1.0, "top_p": 0.9, "top_k": 50}),
    ("My favourite food is", {"temperature": 0.3, "top_p": 1.0, "top_k": 200}),
)
SHOWN = 200
FEWEST = 5  # expected draws of a bin


def left(probabilities: Mapping[int, float], settings: Mapping[str, float]) -> dict[int, float]:
    """The probability of each token after temperature, top k and top p, likeliest first."""
    ranked = sorted(probabilities.items(), key=lambda each: -each[1])[: int(settings["top_k"])]
    heated = [(token, chance ** (1 / settings["temperature"])) for token, chance in ranked]
    whole, kept, so_far = sum(chance for _, chance in heated), {}, 0.0
    for token, chance in heated:
        kept[token] = chance / whole
        so_far += chance / whole
        if so_far >= settings["top_p"]:
            break
    return {token: chance / so_far for token, chance in kept.items()}


def chi_squared(expected: Mapping[int, float], drawn: Mapping[int, int]) -> tuple[int, float]:
    """The number of bins, and Pearson's statistic."""
    large = {token for token, count in expected.items() if count >= FEWEST}
    bins = [(expected[token], drawn.get(token, 0)) for token in large]
    small = sum(count for token, count in expected.items() if token not in large)
    rest = sum(count for token, count in drawn.items() if token not in large)
    if small >= FEWEST or not bins:
        bins.append((small, rest))
    else:  # too few for a bin of their own: they are added to the smallest one
        low = bins.index(min(bins))
        bins[low] = (bins[low][0] + small, bins[low][1] + rest)
    return len(bins), sum((seen - awaited) ** 2 / awaited for awaited, seen in bins)


def p_value(statistic: float, degrees: int) -> float:
    """The probability of at least this statistic: 1 - P(degrees / 2, statistic / 2), P by its power series
    (Abramowitz and Stegun 6.5.29)."""
    a, x = degrees / 2, statistic / 2
    if x == 0:
        return 1.0
    term = total = 1 / a
    at = a
    while term > total * 1e-15:
        at += 1
        term *= x / at
        total += term
    return max(0.0, 1 - total * math.exp(-x + a * math.log(x) - math.lgamma(a)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    draws = parser.parse_args().draws
    endpoint = LocalEndpoint()
    endpoint.start()
    model = find(LOCAL_MODEL_ID)
    client = OddsClient(Backend("local", None, model, model.id, (), endpoint))
    print("| text | temperature | top p | top k | bins | chi-squared | p |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    try:
        for text, settings in CASES:
            told = client.of_text(text, settings=settings, shown=SHOWN).tokens[0].candidates
            chances = left({each.id: each.probability for each in told}, settings)
            drawn = Counter[int]()
            for seed in range(1, draws + 1):
                came = client.of_text(text, draw=1, settings=settings, seed=seed, shown=1).tokens[0].drawn
                drawn[came.id if came else -1] += 1
            bins, statistic = chi_squared({token: draws * each for token, each in chances.items()}, drawn)
            said = " | ".join(f"{value:g}" for value in settings.values())
            p = p_value(statistic, bins - 1) if bins > 1 else 1.0
            print(f"| {text} | {said} | {bins} | {statistic:.1f} | {p:.3f} |", flush=True)
    finally:
        endpoint.close()


if __name__ == "__main__":
    main()
