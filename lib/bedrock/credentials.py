"""Asks boto3's sources of credentials without waiting for one that hangs."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
import botocore.session

PATIENCE_S = 5.0
"""The longest wait for credentials, in seconds."""
T = TypeVar("T")
_hanging: list[threading.Thread] = []


class CredentialsTimeoutError(Exception):
    """A source of credentials did not answer within PATIENCE_S."""


def in_time(work: Callable[[], T], seconds: float | None = None) -> T:
    """The result of `work`. Raises what it raises, or CredentialsTimeoutError after `seconds` (PATIENCE_S).

    `work` then goes on in its thread. Until that has ended, every other call raises CredentialsTimeoutError
    at once, so that nobody else waits for the same source.
    """
    if any(thread.is_alive() for thread in _hanging):
        raise CredentialsTimeoutError
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # raised again in the thread that waits
            errors.append(error)

    thread = threading.Thread(target=run, name="credentials", daemon=True)
    thread.start()
    thread.join(PATIENCE_S if seconds is None else seconds)
    if errors:
        raise errors[0]
    if not results:
        _hanging[:] = [thread]
        raise CredentialsTimeoutError
    return results[0]


def find_credentials() -> Any:
    """boto3's credentials, or None. Raises what a broken source raises, or CredentialsTimeoutError."""
    return in_time(lambda: boto3.Session().get_credentials())


def names_a_process() -> bool:
    """Whether the profile in use has a credential_process."""
    try:
        return bool(botocore.session.Session().get_scoped_config().get("credential_process"))
    except Exception:  # a configuration that cannot be read names nothing
        return False
