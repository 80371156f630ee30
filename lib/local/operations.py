"""An operation of Bedrock: how its body is read and its answer is written. InvokeModel is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lib.local import frames, replies
from lib.local.engine import End, Job, Piece
from lib.local.requests import read_job


@dataclass(frozen=True)
class Operation:
    """One way to ask the engine.

    `read` turns a model id, a body and a request id into a Job, or raises WireError. `opening` is sent before
    the first piece of a stream, `events` makes the frames of a piece. `whole` gives body and headers of an
    answer in one document. `exceptions` are the errors that a stream may carry; any other is sent as a
    ModelStreamErrorException.
    """

    read: Callable[[str, bytes, str], Job]
    opening: bytes
    events: Callable[[Job, Piece, replies.Clock], bytes]
    whole: Callable[[Job, str, End, replies.Clock], tuple[bytes, Mapping[str, str]]]
    stream_headers: Mapping[str, str]
    exceptions: frozenset[str]


def _chunk(job: Job, piece: Piece, clock: replies.Clock) -> bytes:
    return frames.chunk_event(replies.chunk(job, piece, clock))


def _whole(job: Job, text: str, end: End, clock: replies.Clock) -> tuple[bytes, Mapping[str, str]]:
    return replies.whole(job, text, end), replies.usage_headers(end, clock)


INVOKE_MODEL = Operation(
    read=read_job,
    opening=b"",
    events=_chunk,
    whole=_whole,
    stream_headers={"X-Amzn-Bedrock-Content-Type": "application/json"},
    exceptions=frozenset(
        {
            "InternalServerException",
            "ModelStreamErrorException",
            "ValidationException",
            "ThrottlingException",
            "ModelTimeoutException",
            "ServiceUnavailableException",
        }
    ),
)
"""InvokeModel and InvokeModelWithResponseStream; exceptions: ResponseStream in botocore 1.44.5's model."""
