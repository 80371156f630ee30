"""A process whose visitors spend as fast as they can: `python -m tests.hosting.spending`.

Settings come from the environment, as for the app. It prints "ready", waits for a line on its standard input,
and when the budget is used up, prints what happened as JSON.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import random
import sys
import threading
import time
from pathlib import Path

from lib.bedrock.backend import Backend
from lib.bedrock.gate import Visitor
from lib.hosting import gate, start
from lib.mistral.cost import worst_cost
from lib.mistral.recipe import Message, Recipe

MODEL = "mistral.mistral-large-2402-v1:0"
MAX_TOKENS = 50
PROMPTS = {
    "complete": "chunks=3 rate=0",
    "stop": "chunks=40 rate=100",
    "leave": "chunks=40 rate=100",
    "break": "chunks=9 rate=0 fail=2",
    "hang": "first=30",
    "expire": "first=3 chunks=3",
}
"""What the visitors do, with the prompt that makes the scripted engine fit it."""
MIXTURE = [*["complete"] * 10, *["stop"] * 3, *["leave", "break", "hang"] * 2, "expire"]
HOLDS_S = 1.0
"""How long a hold lasts here, short enough that those of slow calls expire."""
PATIENCE_S = 20.0


def recipe(act: str) -> Recipe:
    return Recipe(model_id=MODEL, messages=(Message("user", PROMPTS[act]),), max_tokens=MAX_TOKENS)


def highest() -> int:
    """The most that one call of any act costs, in micro-dollars."""
    return max(worst_cost(recipe(act)) or 0 for act in PROMPTS)


def spend(here: Backend, seed: int, acts: list[str], counts: collections.Counter[str]) -> None:
    """One visitor, until nothing is left."""
    rng, who = random.Random(seed), Visitor(f"visitor-{seed}")
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        act = rng.choice(acts)
        reply = here.stream(recipe(act), who)
        if act in ("stop", "leave", "hang"):
            reply.read(0, 0.3)
            (reply.leave if act == "leave" else reply.close)()
        reply.wait_ended(PATIENCE_S)
        problem = reply.answer.problem
        counts[f"{act} {reply.answer.status}"] += 1
        if problem and problem.kind in ("budget-used-up", "share-used-up"):
            return
        if problem and problem.kind in ("budget-reserved", "no-ledger"):
            time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--acts", nargs="+", default=MIXTURE)
    options = parser.parse_args()
    here = start.backend(Path(os.environ["HOME"]))
    gate.BEFORE_THE_CALL_S = HOLDS_S - gate.read_timeout_s() - MAX_TOKENS / gate.SLOWEST
    here.client()  # made once, and not by a hundred threads
    counts: collections.Counter[str] = collections.Counter()
    print("ready", flush=True)
    sys.stdin.readline()
    threads = [
        threading.Thread(target=spend, args=(here, options.seed * 1000 + number, options.acts, counts))
        for number in range(options.threads)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    here.gate.close()
    print(json.dumps(counts), flush=True)


if __name__ == "__main__":
    main()
