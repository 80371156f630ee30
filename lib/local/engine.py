"""The interface of an engine: it takes a Job and yields the answer in Pieces, one for each token.

The routes use only this interface; `lib.local.llama` is the real engine.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from lib.local.odds import TokenOdds
from lib.mistral.catalog import Dialect

StopReason = Literal["stop", "length"]


@dataclass(frozen=True)
class ChatMessage:
    """One message of the chat the model sees; an assistant message in last place is to be continued."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Job:
    """A request that passed all checks. `top_p` and `top_k` None: that filter is off.

    `seed` None: another one each time. `odds`: how many candidates to keep for each token, 0 for none.
    `shape`: the form of the stream's events (lib.local.shapes), "" for Bedrock's own.
    """

    request_id: str
    model_id: str
    dialect: Dialect
    messages: tuple[ChatMessage, ...]
    temperature: float
    top_p: float | None
    top_k: int | None
    max_tokens: int
    stop: tuple[str, ...]
    seed: int | None = None
    odds: int = 0
    shape: str = ""


@dataclass(frozen=True)
class TextJob:
    """Continue a plain text, without any chat format: `text`, then the tokens `ids`.

    `draw`: how many tokens to draw. `odds`: how many candidates to return for each.
    """

    text: str
    ids: tuple[int, ...]
    draw: int
    temperature: float
    top_p: float | None
    top_k: int | None
    seed: int | None
    odds: int


@dataclass(frozen=True)
class End:
    """How an answer ended, and the tokens it took, counted by the model's own tokenizer."""

    stop_reason: StopReason
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Piece:
    """The text of one token, or of a few where only several make a character; the last piece has an `end`.

    `odds`: those of the tokens since the piece before, if the job asks for them.
    """

    text: str
    end: End | None = None
    odds: tuple[TokenOdds, ...] = ()


class WireError(Exception):
    """An error the caller gets: HTTP status, Bedrock's exception name and a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class CannotStartError(Exception):
    """The engine cannot run on this machine as it is; the message is one sentence that names the fix."""


class Engine(Protocol):
    """Answers jobs. Closing the generator, also before its first piece, frees what the job held.

    `most_body` is the size in bytes beyond which no body holds a prompt that fits into the context.
    """

    most_body: int

    def answer(self, job: Job) -> AsyncGenerator[Piece, None]:
        """Yield at least one piece, the last one with an `end`. Raises WireError."""

    async def warm_up(self) -> None:
        """Prepare, so that the first answer is fast. Runs in the background after the start."""


@runtime_checkable
class OddsEngine(Protocol):
    """An engine that can also return odds. In both methods the last TokenOdds has nothing drawn."""

    async def odds(self, job: Job) -> list[TokenOdds]:
        """The odds of the first token of an answer. Raises WireError."""

    async def write(self, job: TextJob) -> list[TokenOdds]:
        """The tokens drawn, fewer than asked for where the text ends, and the odds of the one after them.

        Raises WireError.
        """
