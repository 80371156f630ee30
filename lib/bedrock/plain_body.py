"""Detects an answer with status 200 that is no event stream: an error as JSON, or a web page of a proxy."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

EVENT_STREAM = "application/vnd.amazon.eventstream"
_LONGEST = 65_536  # bytes of such an answer that are read
_NO_CODE = "ValidationException"  # for an error without a code: the page then quotes the service's message
_OPERATION = "InvokeModelWithResponseStream"


def check_is_stream(response: Mapping[str, Any]) -> None:
    """Raise ClientError with the service's message, unless the response is a stream.

    The code is that of the JSON, or the status as text for anything else, as botocore does it for errors. A
    response without a content type counts as a stream.
    """
    metadata = response["ResponseMetadata"]
    headers = metadata.get("HTTPHeaders", {})
    kind = headers.get("content-type", EVENT_STREAM)
    if kind.partition(";")[0].strip().lower() == EVENT_STREAM:
        return
    said = _read(response["body"])
    error = {"Code": str(metadata.get("HTTPStatusCode", 200)), "Message": ""}
    with contextlib.suppress(ValueError):
        fields = json.loads(said)
        if isinstance(fields, dict):
            inner = fields.get("error") or fields.get("Output")
            fields = inner if isinstance(inner, dict) else fields
            code = headers.get("x-amzn-errortype") or fields.get("__type") or fields.get("code") or _NO_CODE
            message = fields.get("message") or fields.get("Message") or inner or ""
            error = {"Code": str(code).partition(":")[0].rpartition("#")[2], "Message": str(message)}
    raise ClientError({"Error": error, "ResponseMetadata": metadata}, _OPERATION)


def _read(body: Any) -> bytes:
    """The bytes below botocore's EventStream, which has no public access to them (botocore 1.44.8)."""
    raw = getattr(body, "_raw_stream", None)
    if raw is None:
        return b""
    with contextlib.suppress(Exception):
        return bytes(raw.read(_LONGEST))
    return b""
