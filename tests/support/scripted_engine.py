"""A scripted engine for the real endpoint: the last user turn says what to answer and how fast.

Directives, in any order, other words ignored:
    chunks=2000   how many chunks (a chunk counts as a token)      default: the text once
    rate=100      chunks a second on an absolute schedule; 0: at once      default: 50
    first=2.0     seconds before the first chunk      default: 0
    text=words    words | times | markdown | echo | prices | image      default: a short friendly sentence;
                  times: each chunk is the Unix time of its sending, in ms, and each fortieth ends a paragraph
    fail=3        fail after so many chunks      default: never
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

from lib.local.engine import End, Job, Piece, StopReason, WireError

FRIENDLY = "Hello. It is good to see you here, and I hope that you have a lovely day."
MARKDOWN = """# A walk along the coast

The path leaves the village behind the *old* harbour and climbs at once. After a **steep** first half hour \
it keeps to the edge of the cliff, where the wind is never far away.

## What to take

- water, a litre for each of you
- a map, because `signal` is rare
  - the 1:25000 sheet is enough
- something warm

1. Start before nine.
2. Turn back at the lighthouse.
3. Be home before dark.

```python
def pace(kilometres: float, hours: float) -> float:
    # an hour for four kilometres

    return kilometres / hours
```

| place | km | note |
| --- | ---: | --- |
| harbour | 0.0 | start |
| lighthouse | 7.5 | turn here |

> The sea does not ask where you come from.

The way back is the same, $d = v \\cdot t$, only with the sun in your eyes.

"""
PRICES = "A coffee is $3.50, two are $7.00; with 10 % off that is $6.30, or about 5 * 1.26 and ~1.20 each. "
IMAGE = "Here it is: ![a chart](http://203.0.113.7/chart.png?text=secret) and that is all of it. "


class ScriptedEngine:
    """`active` requests run now, `served` have ended in any way; `log` gets one JSON line an event."""

    most_body = 25_000_000

    def __init__(self, log: Path | None = None) -> None:
        self.log = log
        self.active = 0
        self.served = 0

    async def warm_up(self) -> None:
        """Nothing to warm."""

    async def answer(self, job: Job) -> AsyncGenerator[Piece, None]:
        """Play the script and write down what happened to it."""
        sent: list[str] = []
        outcome = "gone"
        self.active += 1
        self._write("open", job, sent)
        try:
            async for piece in _play(job):
                yield piece
                sent.append(piece.text)
                if len(sent) == 1:
                    self._write("first", job, sent)
            outcome = "end"
        except WireError:
            outcome = "error"
            raise
        finally:
            self.active -= 1
            self.served += 1
            self._write(outcome, job, sent)

    def _write(self, event: str, job: Job, sent: list[str]) -> None:
        if self.log is None:
            return
        line: dict[str, Any] = {"event": event, "id": job.request_id, "t": time.time(), "model": job.model_id}
        line["sent"] = len(sent)
        if event in ("end", "gone", "error"):
            line["text"] = "".join(sent)
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


async def _play(job: Job) -> AsyncGenerator[Piece, None]:
    prompt = job.messages[-1].content
    told = dict(re.findall(r"\b(chunks|rate|first|text|fail)=(\S+)", prompt))
    rate, first, fail = (
        float(told.get("rate", 50)),
        float(told.get("first", 0)),
        int(told.get("fail", -1)),
    )
    chunks, reason = script(told, prompt, job.max_tokens, job.stop)
    start = time.monotonic() + first
    for index, text in enumerate(chunks):
        due = start + (index / rate if rate else 0)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        if index == fail:
            raise WireError(424, "ModelErrorException", "The scripted engine failed as it was told to.")
        last = index == len(chunks) - 1
        if told.get("text") == "times":
            text = f"{time.time() * 1000:.0f}" + (" " if (index + 1) % 40 else "\n\n")
        tokens = sum(len(message.content.split()) for message in job.messages)
        yield Piece(text, End(reason, tokens, len(chunks)) if last else None)


def script(
    told: dict[str, str], prompt: str, max_tokens: int, stop: tuple[str, ...]
) -> tuple[list[str], StopReason]:
    """The chunks of the whole answer, at least one, and why they end."""
    kind = told.get("text", "words" if "chunks" in told else "")
    once = {"markdown": MARKDOWN, "echo": prompt, "prices": PRICES, "image": IMAGE}.get(kind, FRIENDLY)
    source: Iterator[str]
    if kind == "words":
        source, length = (f"w{n} " for n in itertools.count(1)), 20
    else:
        source, length = itertools.cycle(pieces := _cut(once)), len(pieces)
    wanted = int(told.get("chunks", length))
    chunks = list(itertools.islice(source, max(1, min(wanted, max_tokens))))
    ends = [at for entry in stop if (at := "".join(chunks).find(entry)) >= 0]
    if ends:
        return _shorten(chunks, min(ends)), "stop"
    return chunks, "length" if wanted > max_tokens else "stop"


def _cut(text: str) -> list[str]:
    """About five characters a chunk, as a tokenizer makes them."""
    return [text[at : at + 5] for at in range(0, len(text), 5)]


def _shorten(chunks: list[str], length: int) -> list[str]:
    short: list[str] = []
    for chunk in chunks:
        short.append(chunk[:length])
        length -= len(short[-1])
        if length <= 0:
            break
    return short
