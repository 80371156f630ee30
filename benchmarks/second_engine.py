"""The odds of the endpoint beside those of another engine on the same model file, for 50 prompts.

    python -m benchmarks.second_engine ask FILE         writes the endpoint's odds into a file
    python -m benchmarks.second_engine compare FILE     with cyllama 0.2.18 on the path: prints the difference

It asks 30 beginnings as plain text and 20 prompts in the chat format. `make figures` installs cyllama in a
folder of its own and runs both, each engine in a process of its own, because both are llama.cpp.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SHOWN = 40
VOCABULARY = 49_152
CHAT = (
    "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
    "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
)


def lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def ask(file: Path) -> None:
    """Write what the model reads, the model file and the shown candidates of every prompt."""
    from lib.bedrock.backend import Backend
    from lib.bedrock.local_endpoint import LocalEndpoint
    from lib.bedrock.odds import OddsClient
    from lib.local.llama import packaged_model
    from lib.mistral.catalog import LOCAL_MODEL_ID, find
    from lib.mistral.recipe import Message, Recipe

    endpoint = LocalEndpoint()
    endpoint.start()
    model = find(LOCAL_MODEL_ID)
    client = OddsClient(Backend("local", None, model, model.id, (), endpoint))
    told = [(f"<|endoftext|>{text}", client.of_text(text, shown=SHOWN)) for text in lines("beginnings.txt")]
    for prompt in lines("ten_prompts.txt") + lines("sampler_prompts.txt"):
        recipe = Recipe(model_id=LOCAL_MODEL_ID, messages=(Message("user", prompt),))
        told.append((CHAT.format(prompt), client.of_recipe(recipe, SHOWN)))
    endpoint.close()
    prompts = [
        {"read": read, "candidates": [[each.id, each.probability] for each in weighed.tokens[0].candidates]}
        for read, weighed in told
    ]
    file.write_text(json.dumps({"model": str(packaged_model()), "prompts": prompts}), encoding="utf-8")


def compare(file: Path) -> None:
    """Print the largest difference of each prompt, and of all."""
    told = json.loads(file.read_text(encoding="utf-8"))
    engine = Cyllama(told["model"])
    largest = []
    for prompt in told["prompts"]:
        theirs = engine.probabilities(prompt["read"])
        largest.append(max(abs(theirs[token] - ours) for token, ours in prompt["candidates"]))
    count = sum(len(prompt["candidates"]) for prompt in told["prompts"])
    print(f"{len(largest)} prompts, {count} probabilities, largest difference {max(largest):.5f}")
    print("by prompt:", " ".join(f"{each:.4f}" for each in sorted(largest, reverse=True)[:10]), "...")


class Cyllama:
    """The second engine. Its types are not known here, because the app does not install it."""

    def __init__(self, model_file: str) -> None:
        from cyllama.llama import llama_cpp as engine

        self._engine: Any = engine
        # cyllama 0.2.18 reads an attribute n_vocab of its model that its model does not have.
        model = type("Model", (engine.LlamaModel,), {"n_vocab": VOCABULARY})
        self._model = model(model_file, engine.LlamaModelParams(), verbose=False)

    def probabilities(self, text: str) -> list[float]:
        """The probability of every token of the vocabulary after this text."""
        settings = self._engine.LlamaContextParams()
        settings.n_ctx = 512
        context = self._engine.LlamaContext(self._model, settings, verbose=False)
        tokens = self._model.get_vocab().tokenize(text, False, True)
        batch = self._engine.LlamaBatch(n_tokens=len(tokens), embd=0, n_seq_max=1)
        batch.set_batch(tokens, n_past=0, logits_all=False)
        batch.set_last_logits_to_true()
        context.decode(batch)
        logits = context.get_logits_ith(-1)
        most = max(logits)
        weights = [math.exp(logit - most) for logit in logits]
        total = sum(weights)
        return [weight / total for weight in weights]


if __name__ == "__main__":
    {"ask": ask, "compare": compare}[sys.argv[1]](Path(sys.argv[2]))
