"""A small HTTP/2 client with prior knowledge, on zttp's client side and a plain socket, for tests."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, field

import zttp
from botocore.eventstream import EventStreamBuffer

SIGNED = "AWS4-HMAC-SHA256 Credential=x/20261126/us-east-1/bedrock/aws4_request"


@dataclass
class Answer:
    """What has come on one stream so far; `ended` is how it ended: "whole" or "reset"."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    ended: str = ""

    def json(self) -> dict[str, object]:
        read: dict[str, object] = json.loads(self.body)
        return read

    def events(self) -> list[tuple[str, dict[str, object]]]:
        """The events of the stream: their kind, and their payload."""
        buffer = EventStreamBuffer()
        buffer.add_data(self.body)
        return [
            (
                event.headers.get(":event-type") or event.headers[":exception-type"],
                json.loads(event.payload),
            )
            for event in buffer
        ]


class Http2Client:
    """One connection. `ask` opens a stream, `read` waits until it has ended."""

    def __init__(self, url: str, timeout: float = 20) -> None:
        host, port = url.removeprefix("http://").split(":")
        self.authority = f"{host}:{port}"
        self.socket = socket.create_connection((host, int(port)), timeout)
        self.connection = zttp.Connection(zttp.CLIENT, zttp.HTTP2)
        self.connection.initiate_connection()
        self.answers: dict[int, Answer] = {}

    def ask(self, path: str, body: bytes | None, end: bool = True, **headers: str) -> int:
        """Open a stream and send the request; without `end` its body goes on. The number of the stream."""
        named = {"host": self.authority, "authorization": SIGNED} | headers
        stream = self.connection.send_request(
            b"GET" if body is None else b"POST",
            path.encode(),
            b"2",
            [(name.encode(), value.encode()) for name, value in named.items() if value],
        )
        if body:
            stream.send_data(body)
        if end:
            stream.end_message()
        self.answers[stream.stream_id] = Answer()
        self.flush()
        return stream.stream_id

    def flush(self) -> None:
        self.socket.sendall(self.connection.data_to_send())

    def reset(self, stream_id: int) -> None:
        self.connection.stream(stream_id).reset()
        self.flush()

    def read(self, stream_id: int) -> Answer:
        """The whole answer of a stream; the other streams' answers grow meanwhile."""
        answer = self.answers[stream_id]
        while not answer.ended:
            self._receive()
        return answer

    def read_some(self, stream_id: int) -> Answer:
        """The answer of a stream once its first bytes are there."""
        answer = self.answers[stream_id]
        while not answer.body and not answer.ended:
            self._receive()
        return answer

    def close(self) -> None:
        self.socket.close()

    def _receive(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server has hung up")
        self.connection.receive_data(data)
        while (event := self.connection.next_event()) is not zttp.NEED_DATA:
            answer = self.answers.get(getattr(event, "stream_id", 0), Answer())
            if isinstance(event, zttp.Response):
                answer.status = event.status_code
                answer.headers = {name.decode(): value.decode() for name, value in event.headers}
            elif isinstance(event, zttp.Data):
                answer.body += event.data
            elif isinstance(event, zttp.EndOfMessage):
                answer.ended = "whole"
            elif isinstance(event, zttp.RstStream):
                answer.ended = "reset"
        self.flush()
