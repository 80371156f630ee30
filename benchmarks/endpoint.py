"""The real endpoint with an engine whose every chunk can be recognised on the page.

The last user turn says what to answer: `chunks=2000 rate=100 from=1`. The answer is mixed Markdown in which
chunk n holds the word `word(n)` and no other. `GET /_sent` tells when each chunk of the last answer was sent
(s, Unix time).
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import re
import time
from collections.abc import AsyncGenerator, Iterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lib.local.engine import End, Job, Piece
from lib.local.serve import add_options, run

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
"""Base 32, so that a chunk has about five characters, as a tokenizer makes them."""
SECTION = (
    *("\n\n## @ ", "@ ", "@\n\n"),
    *("@ ",) * 9,
    *("*@ ", "@* ", "@ ", "**@ ", "@** ", "@ ", "`@ ", "@` ", "@. "),
    *("@ ",) * 12,
    *("\n\n- @ ", "@ ", "@\n", "- @ ", "@ ", "@ ", "@\n", "- @ ", "@\n\n"),
    *("@ ",) * 14,
    *("\n\n1. @ ", "@ ", "@\n", "2. @ ", "@ ", "@\n\n"),
    *("```python\n@ ", "= @(", "@)\n", "@ ", "+= @\n```\n\n"),
    *("@ ",) * 10,
    *("\n\n| @ ", "| @ |\n| --- | --- |\n", "| @ ", "| @ |\n\n"),
    *("@ ", r"$\sqrt{@}$ ", "@ "),
)
"""A heading, paragraphs with emphasis and code, both kinds of list, a fence, a table and a formula; @ is the
chunk's word."""


def word(number: int) -> str:
    """The word of a chunk: a w, then its number in base 32."""
    digits = ""
    while number:
        number, digit = divmod(number, 32)
        digits = DIGITS[digit] + digits
    return f"w{digits or 0}"


def text(start: int, count: int) -> list[str]:
    """The chunks of an answer, numbered from `start`."""
    numbered: Iterator[tuple[int, str]] = enumerate(itertools.cycle(SECTION), start)
    chunks = [chunk.replace("@", word(number)) for number, chunk in itertools.islice(numbered, count)]
    return [chunks[0].lstrip("\n"), *chunks[1:]]


class NumberedEngine:
    """Plays the script; one answer at a time."""

    most_body = 25_000_000

    def __init__(self) -> None:
        self.sent: list[float] = []

    async def warm_up(self) -> None:
        """Nothing to warm."""

    async def answer(self, job: Job) -> AsyncGenerator[Piece, None]:
        """`rate` chunks a second on an absolute schedule; `max_tokens` does not count here."""
        prompt = job.messages[-1].content
        told = {name: int(value) for name, value in re.findall(r"\b(chunks|rate|from)=(\d+)", prompt)}
        chunks = text(told["from"], told["chunks"])
        self.sent = sent = []
        start = time.monotonic()
        for index, chunk in enumerate(chunks):
            await asyncio.sleep(max(0.0, start + index / told["rate"] - time.monotonic()))
            end = End("stop", 1, len(chunks)) if index == len(chunks) - 1 else None
            sent.append(time.time())
            yield Piece(chunk, end)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endpoint")
    add_options(parser)
    options = parser.parse_args()
    engine = NumberedEngine()

    async def show(_: Request) -> Response:
        return JSONResponse(engine.sent)

    run(lambda: engine, options, (Route("/_sent", show),))


if __name__ == "__main__":
    main()
