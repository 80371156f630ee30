"""Makes the recordings of the folder `gallery` anew with the local model: `python -m benchmarks.gallery`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from lib.bedrock.answer import Answer
from lib.bedrock.backend import Backend
from lib.bedrock.local_endpoint import LocalEndpoint
from lib.mistral.catalog import LOCAL_MODEL_ID, find
from lib.mistral.recipe import Message, Recipe
from lib.records.gallery import TEMPERATURE
from lib.records.links import FILE_SUFFIX, to_file
from lib.records.shared import Kind, share

FOLDER = Path(__file__).resolve().parents[1] / "gallery"
TEMPERATURES = (0.0, 0.5, 1.0)


def main() -> None:
    model, endpoint = find(LOCAL_MODEL_ID), LocalEndpoint()
    endpoint.start()
    here = Backend("local", None, model, model.id, endpoint=endpoint)
    try:
        _save("volcano", "answer", [_asked(here, "In one sentence, what is a volcano?", 0.2)])
        _save("square", "answer", [_asked(here, SQUARE, 0.0)])
        _save("fruits", "comparison", _at_temperatures(here, "Name three fruits."))
        _save("sea", "comparison", _at_temperatures(here, "Write one sentence about the sea."))
        _save("cat", "comparison", _at_temperatures(here, "Write the first sentence of a story about a cat."))
        _save(TEMPERATURE, "comparison", _repeated(here, "Write a slogan for a bakery."))
        _save(
            "weather",
            "conversation",
            _conversation(here, ["In one sentence, what is rain?", "And what is snow?"]),
        )
    finally:
        endpoint.close()


SQUARE = "Write a Python function that returns the square of a number."


def _asked(
    here: Backend,
    prompt: str,
    temperature: float,
    earlier: Sequence[Message] = (),
    seed: int | None = None,
) -> Answer:
    recipe = Recipe(
        model_id=LOCAL_MODEL_ID,
        messages=(*earlier, Message("user", prompt)),
        temperature=temperature,
        max_tokens=160,
    )
    stream = here.stream(recipe, seed=seed)
    "".join(stream)
    print(f"{temperature:g} {prompt}\n  {stream.answer.shown_text!r} {stream.answer.status}")
    return stream.answer


def _at_temperatures(here: Backend, prompt: str) -> list[Answer]:
    return [_asked(here, prompt, temperature) for temperature in TEMPERATURES]


def _repeated(here: Backend, prompt: str) -> list[Answer]:
    """Three answers at the lowest temperature and three at the highest, with the seeds of a comparison."""
    return [_asked(here, prompt, temperature, seed=seed) for temperature in (0.0, 1.0) for seed in (1, 2, 3)]


def _conversation(here: Backend, prompts: Sequence[str]) -> list[Answer]:
    answers: list[Answer] = []
    said: list[Message] = []
    for prompt in prompts:
        answers.append(_asked(here, prompt, 0.3, said))
        said += [Message("user", prompt), Message("assistant", answers[-1].text)]
    return answers


def _save(name: str, kind: Kind, answers: Sequence[Answer]) -> None:
    FOLDER.mkdir(exist_ok=True)
    shared = share(kind, answers, on=datetime.now(UTC).date())
    (FOLDER / f"{name}{FILE_SUFFIX}").write_bytes(to_file(shared))


if __name__ == "__main__":
    main()
