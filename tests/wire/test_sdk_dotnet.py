"""What AWS's SDK core for .NET sends, replayed from recordings: the endpoint answers it.

Recorded on 2026-11-26 from AWSSDK.Core 4.1.0 with a thin service layer in the shape of the generated one.
"""

from __future__ import annotations

import base64
import http.client
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer

from lib.mistral.dialects import read_chunk
from tests.support.scripted_endpoint import Endpoint
from tests.support.scripted_engine import FRIENDLY

RECORDINGS = sorted((Path(__file__).parents[1] / "fixtures" / "dotnet").glob("*.http"))


def chunks(body: bytes) -> list[bytes]:
    buffer = EventStreamBuffer()
    buffer.add_data(body)
    return [base64.b64decode(json.loads(event.payload)["bytes"]) for event in buffer]


@pytest.mark.parametrize("recording", RECORDINGS, ids=[path.stem for path in RECORDINGS])
def test_a_recorded_request_is_answered(endpoint: Endpoint, recording: Path) -> None:
    host, port = endpoint.url.removeprefix("http://").split(":")
    sent = recording.read_bytes()
    asked: dict[str, Any] = json.loads(sent.partition(b"\r\n\r\n")[2])
    with socket.create_connection((host, int(port)), 20) as connection:
        connection.sendall(sent)
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert response.status == 200
        received = [read_chunk(data) for data in chunks(response.read())]
    text = "".join(chunk.text for chunk in received)
    assert text
    assert FRIENDLY.startswith(text)
    cut = len(FRIENDLY) > 5 * asked.get("max_tokens", 512)
    assert received[-1].stop_reason == ("length" if cut else "stop")
    assert (text == FRIENDLY) is not cut
