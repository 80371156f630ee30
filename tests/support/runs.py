"""Comparisons that ask a scripted endpoint."""

from __future__ import annotations

from lib.bedrock.gate import Permit
from lib.bedrock.reply import Reply
from lib.comparison.run import Run
from lib.mistral.recipe import Recipe
from tests.support.calls import runtime, start
from tests.support.makers import run_of


class Sender:
    """Sends recipes to the scripted endpoint and remembers them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sent: list[Recipe] = []
        self.permits: list[Permit | None] = []
        self.seeds: list[int] = []

    def __call__(self, recipe: Recipe, permit: Permit | None = None, seed: int = 1) -> Reply:
        self.permits.append(permit)
        self.sent.append(recipe)
        self.seeds.append(seed)
        return start(runtime(self.url), recipe)


def planned(prompt: str, columns_wanted: int = 2, repeats: int = 1, width: int = 4) -> Run:
    return run_of(prompt, [0.0, 0.3, 0.5, 0.7, 1.0][:columns_wanted], repeats, width)


def begun(send: Sender, prompt: str, **more: int) -> Run:
    run = planned(prompt, **more)
    run.start(send)
    return run


def to_the_end(run: Run) -> Run:
    while not run.ended:
        run.wait(0.05)
    run.settle()
    return run
