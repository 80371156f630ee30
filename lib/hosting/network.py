"""Checks that knock at the endpoint: does it answer, and what time is it there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from lib.bedrock.backend import Backend
from lib.bedrock.problems import Problem
from lib.hosting.check import Check, failed, skipped

TIMEOUTS_S = (3, 5)
"""To connect, and to answer."""
SKEW_S = 300
"""AWS refuses a signature made more than five minutes away (AWS docs, IAM, create-signed-request, 2026)."""
WORRYING_S = 60
_ELSEWHERE = {
    "no-region": "Needs a region.",
    "bad-region": "Needs a region that exists.",
    "partial-credentials": "Needs credentials.",
    "profile-not-found": "Needs credentials.",
    "local-endpoint": "Needs the local model.",
}
"""Problems that keep the client from being made and that another check names."""


@dataclass(frozen=True)
class Knock:
    """One unsigned request. `took_s` and `skew_s` (its clock minus ours) where it was answered."""

    origin: str
    proxy: bool = False
    took_s: float | None = None
    skew_s: float | None = None
    problem: Problem | None = None


def knock(backend: Backend) -> Knock:
    """GET the endpoint's address, through the proxy and with the certificates that boto3 would use."""
    origin = ""
    proxies: dict[str, str] = {}
    try:
        url = backend.client().meta.endpoint_url
        origin = _origin(url)
        proxies = get_environ_proxies(url) if backend.kind == "aws" else {}
        certificates = _certificates() if backend.kind == "aws" else True
        session = URLLib3Session(verify=certificates, proxies=proxies, timeout=TIMEOUTS_S)
        begun = time.time()
        try:
            answer = session.send(AWSRequest("GET", url).prepare())
        finally:
            session.close()
        took = time.time() - begun
    except Exception as error:  # the fault is what this check is for
        return Knock(origin, bool(proxies), problem=backend.explain(error))
    return Knock(origin, bool(proxies), took, _skew(answer.headers.get("Date"), begun + took / 2))


def endpoint(knocked: Knock, backend: Backend) -> Check:
    """Reachable, under which address."""
    name = "Endpoint"
    if knocked.problem:
        kind = knocked.problem.kind
        if kind in _ELSEWHERE:
            return skipped(name, _ELSEWHERE[kind])
        check = failed(name, knocked.problem)
        if backend.kind == "aws":
            return check
        return Check(name, "failed", check.says, "Check SIROCCO_LOCAL_URL, or remove it.")
    through = " through a proxy" if knocked.proxy else ""
    says = f"{knocked.origin} answers{through} ({knocked.took_s:.2f} s)."
    if backend.kind == "aws" and not knocked.origin.endswith(
        (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
    ):
        says += " It is set by hand, not AWS's own address."
    return Check(name, "ok", says)


def clock(knocked: Knock, backend: Backend) -> Check:
    """This machine's against the endpoint's."""
    name, skew = "Clock", knocked.skew_s
    if backend.kind == "local":
        return skipped(name, "The local model is on the same one.")
    if skew is None:
        told = (
            "Needs an endpoint that answers." if knocked.problem else "The endpoint does not tell its time."
        )
        return skipped(name, told)
    off = f"{abs(skew):.0f} seconds" if abs(skew) < 120 else f"{abs(skew) / 60:.0f} minutes"
    which = "behind" if skew > 0 else "ahead of"
    fix = "Set the clock to network time, for example with: timedatectl set-ntp true"
    says = f"The clock of this machine is {off} {which} the endpoint's"
    if abs(skew) > SKEW_S:
        says += f"; AWS refuses calls that are more than {SKEW_S // 60} minutes off."
        return Check(name, "failed", says, fix)
    if abs(skew) > WORRYING_S:
        return Check(name, "warning", f"{says}; AWS allows {SKEW_S // 60} minutes.", fix)
    return Check(name, "ok", f"Within {max(2, round(abs(skew)))} seconds of the endpoint's.")


def local_model(backend: Backend) -> Check:
    """Files there, engine loaded, process running."""
    name = "Local model"
    if backend.kind == "aws":
        return skipped(name, "Not used with Amazon Bedrock.")
    if backend.endpoint is None:
        return skipped(name, "SIROCCO_LOCAL_URL names an endpoint that runs elsewhere.")
    try:
        backend.endpoint.url()
    except Exception as error:
        problem = backend.explain(error)
        return Check(name, "failed", f"{problem.title}. {problem.cause}", problem.fix)
    return Check(name, "ok", "Its files are there and its process is running.")


def _origin(url: str) -> str:
    """Scheme, host and port: the rest of an address may name an account."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def _certificates() -> Any:
    bare = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    return bare.get_config_variable("ca_bundle") or True


def _skew(date: str | None, ours: float) -> float | None:
    try:
        return parsedate_to_datetime(date or "").timestamp() - ours
    except ValueError:
        return None
