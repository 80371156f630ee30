"""Errors in plain words: what happened, why, what to do.

The texts are in `problems.toml` beside this file. This module finds the kind of an error and fills in the
text of that kind. The page never shows a raw service message, except the reason of a refused request,
from which account numbers, ARNs, names and keys are removed.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import botocore.exceptions as aws
import urllib3.exceptions as http
from botocore.eventstream import ParserError
from botocore.parsers import ResponseParserError

from lib.bedrock.problem_setup import find_cause
from lib.mistral.catalog import UnknownModel
from lib.mistral.dialects import ChunkError
from lib.mistral.recipe import RecipeError

Level = Literal["error", "warning", "info"]


class Entry(NamedTuple):
    """One kind of problem in plain words. `retry`: repeating the same call can help."""

    title: str
    cause: str
    fix: str
    retry: bool = False
    level: Level = "error"


_TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ENTRIES: Mapping[str, Entry] = {kind: Entry(**entry) for kind, entry in _TABLES["problems"].items()}
CODES: Mapping[str, str] = _TABLES["codes"]
"""Error codes in lower case and their kind."""
FINER: Mapping[str, Sequence[tuple[str, str]]] = _TABLES["finer"]
"""For the kind of a code: parts of the message in lower case, each with the finer kind that replaces it."""

OF_THE_GATE = frozenset(
    {
        "too-long",
        "model-not-allowed",
        "host-settings",
        "no-budget",
        "no-price",
        "too-dear",
        "budget-used-up",
        "share-used-up",
        "budget-reserved",
        "pace",
        "busy",
        "busy-visitor",
        "no-ledger",
    }
)
"""The kinds of the gate's refusals."""
STREAM_ACTION = "bedrock:InvokeModelWithResponseStream"


class DrainingError(Exception):
    """The server is about to end and begins no new answer."""


TYPES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((aws.NoCredentialsError, aws.NoAuthTokenError), "no-credentials"),
    ((aws.PartialCredentialsError,), "partial-credentials"),
    ((aws.NoRegionError,), "no-region"),
    ((aws.ProfileNotFound,), "profile-not-found"),
    ((aws.SSOError, aws.TokenRetrievalError), "sso-expired"),
    ((aws.LoginError,), "login-expired"),
    ((aws.CredentialRetrievalError, aws.MetadataRetrievalError), "credentials-failed"),
    ((aws.InfiniteLoopConfigError, aws.UnknownCredentialError), "credentials-failed"),
    ((aws.MissingDependencyException,), "missing-part"),
    ((aws.InvalidRegionError, aws.UnknownRegionError, aws.UnknownEndpointError), "bad-region"),
    ((aws.ParamValidationError, aws.ValidationError), "invalid-call"),
    ((aws.ConfigParseError, aws.ConfigNotFound, aws.InvalidConfigError), "aws-config"),
    ((aws.InvalidRetryConfigurationError, aws.InvalidRetryModeError), "aws-config"),
    ((aws.InvalidEndpointConfigurationError,), "bearer-over-http"),
    ((aws.ReadTimeoutError,), "no-answer"),  # also a urllib3 ReadTimeoutError, so it must come first
    ((aws.ConnectionClosedError,), "closed-early"),
    ((aws.ConnectTimeoutError,), "connect-timeout"),
    ((aws.SSLError,), "tls"),
    ((aws.ProxyConnectionError, aws.InvalidProxiesConfigError), "proxy"),
    ((aws.ConnectionError,), "unreachable"),
    ((aws.HTTPClientError,), "broken-connection"),
    ((http.ReadTimeoutError, TimeoutError), "stalled"),
    ((http.HTTPError, ConnectionError), "broken-connection"),
    ((ParserError,), "corrupt-frame"),
    ((ResponseParserError,), "not-bedrock"),
    ((ChunkError,), "bad-chunk"),
    ((RecipeError,), "recipe"),
    ((DrainingError,), "draining"),
    ((UnknownModel,), "unknown-model"),
)
"""Exception classes and their kind; the first match wins."""

_SECRETS = re.compile(
    r"(?i:arn)(?::|%3[Aa])\S+"  # ARNs hold account, role and session names
    r"|\d{4}-?\d{4}-?\d{4}\d*"  # account numbers
    r"|\S*(?:assumed-role|federated-user)/\S*"
    r"|\S+@\S+"
    r"|A[A-Z]{3}[A-Z0-9]{12,}"  # access key ids and principal ids
    r"|ABSK\S+|bedrock-api-key-\S+"
    r"|[A-Za-z0-9+/=_-]{40,}",  # secret keys and tokens
)
_LONGEST_DETAIL = 300


@dataclass(frozen=True)
class Problem:
    """An error in plain words. `retry`: repeating the same call can help. `shown`: text had already
    arrived."""

    kind: str
    title: str
    cause: str
    fix: str
    retry: bool
    shown: bool
    request_id: str | None
    level: Level = "error"


def explain(
    error: BaseException,
    *,
    shown: bool = False,
    model_name: str = "the model",
    region: str | None = None,
    endpoint: str | None = None,
    request_id: str | None = None,
) -> Problem:
    """The Problem for `error`. Never raises; an error without a known kind gets the kind "unexpected".

    `request_id` is used if the error has none of its own, as is the case for errors inside a stream.
    """
    cause = None if isinstance(error, aws.ClientError) else find_cause(error)
    kind = cause[0] if cause else _kind(error)
    if kind == "stalled" and not shown:
        kind = "no-answer"
    return _problem(
        kind,
        shown=shown,
        request_id=_request_id(error) or request_id,
        model=model_name,
        where=f"in {region}" if region else "in this region",
        address=_address(endpoint or getattr(error, "kwargs", {}).get("endpoint_url")),
        detail=cause[1] if cause else _detail(error, kind),
    )


def broken_off(
    *, shown: bool = True, model_name: str = "the model", request_id: str | None = None
) -> Problem:
    """The stream ended without an error, but no chunk contained a stop reason."""
    return _problem("broken-off", shown=shown, request_id=request_id, model=model_name)


def left(
    *,
    outage: bool = False,
    shown: bool = True,
    model_name: str = "the model",
    request_id: str | None = None,
) -> Problem:
    """No page displayed the answer any more, so the call was stopped: the page was closed or, in an `outage`,
    lost its connection to the server."""
    kind = "outage" if outage else "left"
    return _problem(kind, shown=shown, request_id=request_id, model=model_name)


def blocked(*, shown: bool = True, model_name: str = "the model", request_id: str | None = None) -> Problem:
    """A guardrail intervened. This is not an error: the guardrail's message replaces the answer."""
    return _problem("blocked", shown=shown, request_id=request_id, model=model_name)


def cut_short(
    *,
    shown: bool = True,
    model_name: str = "the model",
    max_tokens: int | None = None,
    request_id: str | None = None,
) -> Problem:
    """The stop reason was `length`. `max_tokens` is the limit that applied, if it is known."""
    limit = _limit(max_tokens)
    return _problem("cut-short", shown=shown, request_id=request_id, model=model_name, detail=limit)


def still_thinking(
    *, model_name: str = "the model", max_tokens: int | None = None, request_id: str | None = None
) -> Problem:
    """The stop reason was `length`, and the model had thought but not answered."""
    limit = _limit(max_tokens)
    return _problem("still-thinking", shown=False, request_id=request_id, model=model_name, detail=limit)


def _limit(max_tokens: int | None) -> str:
    return f"{max_tokens} tokens" if max_tokens else "max_tokens"


def empty_answer(*, model_name: str = "the model", request_id: str | None = None) -> Problem:
    """There was a stop reason, but no text."""
    return _problem("empty-answer", shown=False, request_id=request_id, model=model_name)


def local_endpoint_down(cause: str, fix: str) -> Problem:
    """The local endpoint does not run. `cause` and `fix` are sentences from the endpoint itself."""
    return _problem("local-endpoint", shown=False, request_id=None, detail=_clean(cause), fix=_clean(fix))


def refusal(kind: str, *, model_name: str = "the model", detail: str = "", fix: str = "") -> Problem:
    """The gate refused a call. `kind` is one of OF_THE_GATE; `detail` and `fix` are sentences for it."""
    return _problem(kind, shown=False, request_id=None, model=model_name, detail=detail, fix=fix)


def _kind(error: BaseException) -> str:
    if isinstance(error, aws.ClientError):
        return _kind_of_code(*_code_and_message(error))
    if type(error) is ValueError and str(error).startswith("Invalid endpoint"):
        return "bad-endpoint"
    return next((kind for types, kind in TYPES if isinstance(error, types)), "unexpected")


def _kind_of_code(code: str, message: str) -> str:
    if code.isdecimal():  # for a response that is not JSON, botocore sets the HTTP status as code
        status = int(code)
        return "throttled" if status == 429 else "gateway" if status >= 500 else "not-bedrock"
    kind = CODES.get(code.lower(), "service-error")
    text = message.lower()
    return next((finer for part, finer in FINER.get(kind, ()) if part in text), kind)


def _code_and_message(error: aws.ClientError) -> tuple[str, str]:
    info = error.response.get("Error") or {}
    return str(info.get("Code") or ""), str(info.get("Message") or info.get("message") or "")


def _detail(error: BaseException, kind: str) -> str:
    """What the text quotes from the error: the missing permission, or a sentence without secrets."""
    if isinstance(error, aws.ClientError):
        message = _code_and_message(error)[1]
        if kind == "iam-action":
            action = re.search(r"perform: ([a-z-]{1,30}:[A-Za-z]{1,60})\b", message)
            return action[1] if action else STREAM_ACTION
        return _clean(message)
    if isinstance(error, RecipeError | UnknownModel):
        return _clean(str(error))
    return ""


def _request_id(error: BaseException) -> str | None:
    response = getattr(error, "response", None)
    metadata = response.get("ResponseMetadata") if isinstance(response, dict) else None
    return metadata.get("RequestId") if isinstance(metadata, dict) else None


def _address(url: str | None) -> str:
    """Scheme, host and port only, because path and query may contain an account number."""
    try:
        parts = urlsplit(url or "")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the configured address"
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.hostname else "Bedrock"


def _scrub(text: str) -> str:
    return _SECRETS.sub("(hidden)", text)


def _clean(message: str) -> str:
    """One sentence without secrets, of a length that fits a message box."""
    text = " ".join(_scrub(message).split())
    if len(text) > _LONGEST_DETAIL:
        text = text[:_LONGEST_DETAIL].rsplit(" ", 1)[0] + " …"
    return text if text.endswith((".", "?", "…")) else f"{text or 'nothing more'}."


def _problem(
    kind: str, *, shown: bool, request_id: str | None, model: str = "the model", **values: str
) -> Problem:
    entry = ENTRIES[kind]
    words = {"model": model, "model_cap": model[:1].upper() + model[1:], **values}
    safe = {name: _scrub(value) for name, value in words.items()}
    return Problem(
        kind=kind,
        title=entry.title,
        cause=entry.cause.format_map(safe),
        fix=entry.fix.format_map(safe),
        retry=entry.retry,
        shown=shown,
        request_id=request_id,
        level=entry.level,
    )
