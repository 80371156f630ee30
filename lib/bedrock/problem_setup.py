"""Finds the setting behind an error of boto3, or of a library below it, that does not name the setting."""

import json
import os
import re
from pathlib import Path

import botocore.exceptions as aws
import urllib3.exceptions as http

from lib.bedrock.credentials import PATIENCE_S, CredentialsTimeoutError, names_a_process
from lib.bedrock.settings import broken_lines, missing_bundle, unreadable_proxy

_REFUSED = re.compile(r"Tunnel connection failed: (\d{3}[ A-Za-z-]{0,40})")
_OF_PROXY = (
    aws.ProxyConnectionError,
    aws.InvalidProxiesConfigError,
    http.ProxyError,
    http.LocationValueError,
)
_LONGEST_CHAIN = 10
_BEHIND = {
    "application-inference-profile": "the ARN of an application inference profile",
    "provisioned-model": "the ARN of a provisioned model",
    "imported-model": "the ARN of an imported model",
    "custom-model": "the ARN of a custom model",
    "custom-model-deployment": "the ARN of a deployment of a custom model",
}
_RESOURCE = re.compile(r"arn:[^:]*:bedrock:[^:]*:[^:]*:([a-z-]+)/")


class ModelRefusedError(Exception):
    """The host named a model that this app cannot call; its text says what was named."""


def what_is_named(model_id: str) -> str:
    """What the host named, without its account number."""
    found = _RESOURCE.match(model_id)
    kind = _BEHIND.get(found[1]) if found else None
    if kind:
        return f"{kind}, which does not say which model is behind it"
    if model_id.startswith("arn:"):
        return "an ARN of something else than a Mistral model"
    return f"“{model_id[:60]}”, which is not the id of a Mistral model on Amazon Bedrock"


def find_cause(error: BaseException) -> tuple[str, str] | None:
    """The kind of the problem and its detail, if a setting of this machine is the cause of the error."""
    text = f"{error} {getattr(error, 'kwargs', {}).get('error', '')}"
    if isinstance(error, ModelRefusedError):
        return "model-refused", str(error)
    if isinstance(error, CredentialsTimeoutError):
        limit = f"{PATIENCE_S:.0f} seconds"
        slow = f"did not answer within {limit}"
        return ("credential-process", slow) if names_a_process() else ("credentials-slow", limit)
    if isinstance(error, RuntimeError) and "still expired" in text:
        return "key-expired", ""
    if "Invalid header value" in text or "Invalid leading whitespace" in text:
        return "line-break", next(iter(broken_lines()), "A key in the AWS files")
    if refused := _REFUSED.search(text):
        return "proxy-refused", refused[1].strip()
    if isinstance(error, aws.ConfigParseError):
        return "aws-file", Path(str(error.kwargs.get("path"))).name
    chain = _chain(error)
    if any(isinstance(each, _OF_PROXY) for each in chain) and (name := unreadable_proxy()):
        return "bad-proxy", name
    # The error for a missing bundle has no file name; the error for any other missing file has one.
    nameless = any(isinstance(each, FileNotFoundError) and each.filename is None for each in chain)
    if nameless and (name := missing_bundle()):
        return "ca-bundle", name
    return _of_credentials(error)


def _chain(error: BaseException) -> list[BaseException]:
    """The error and the errors that led to it; botocore keeps one of them in `kwargs`."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < _LONGEST_CHAIN:
        each = waiting.pop()
        if isinstance(each, BaseException) and each not in found:
            found.append(each)
            waiting += [each.__context__, each.__cause__, getattr(each, "kwargs", {}).get("error")]
    return found


def _of_credentials(error: BaseException) -> tuple[str, str] | None:
    token = os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE")
    if isinstance(error, OSError) and token and error.filename == token:
        return "web-identity-file", ""
    if isinstance(error, OSError) and error.filename and names_a_process():
        return "credential-process", "is not there, or may not be run"
    if isinstance(error, json.JSONDecodeError) and names_a_process():
        return "credential-process", "prints something else than JSON"
    return None
