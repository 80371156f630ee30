"""Checks of the endpoint: whether it answers, whether its clock agrees, whether a call can be stopped."""

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
from lib.bedrock.connection import is_cuttable
from lib.bedrock.local_endpoint import INSTALL, NOT_BESIDE_AWS
from lib.bedrock.problems import Problem
from lib.hosting.check import Check, Status, failed, reinstall, skipped

TIMEOUTS_S = (3, 5)
"""Seconds to wait for the connection, and seconds to wait for the response."""
SKEW_S = 300
"""AWS refuses a signature whose time differs from its own by more than this (AWS docs, IAM,
create-signed-request, 2026)."""
WORRYING_S = 60
"""A clock that is off by more than this gets a warning."""
_ELSEWHERE = {
    "no-region": "Needs a region.",
    "bad-region": "Needs a region that exists.",
    "partial-credentials": "Needs credentials.",
    "profile-not-found": "Needs credentials.",
    "local-endpoint": "Needs the local model.",
}
"""Problem kinds that prevent the client from being created and that another check reports."""


@dataclass(frozen=True)
class Probe:
    """The result of one unsigned request. `took_s` and `skew_s`, the endpoint's clock minus the clock of this
    machine, are in seconds, and None without an answer. `proxy`: whether it went through one."""

    origin: str
    proxy: bool = False
    took_s: float | None = None
    skew_s: float | None = None
    problem: Problem | None = None


def probe(backend: Backend) -> Probe:
    """Send GET to the endpoint's address, with the proxy and the certificates that boto3 would use."""
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
    except Exception as error:  # the endpoint check reports every error
        return Probe(origin, bool(proxies), problem=backend.explain(error))
    return Probe(origin, bool(proxies), took, _skew(answer.headers.get("Date"), begun + took / 2))


def endpoint(probed: Probe, backend: Backend) -> Check:
    """Whether the endpoint can be reached, and its address."""
    name = "Endpoint"
    if probed.problem:
        kind = probed.problem.kind
        if kind in _ELSEWHERE:
            return skipped(name, _ELSEWHERE[kind])
        check = failed(name, probed.problem)
        if backend.kind == "aws":
            return check
        return Check(name, "failed", check.says, "Check SIROCCO_LOCAL_URL, or remove it.")
    through = " through a proxy" if probed.proxy else ""
    says = f"{probed.origin} answers{through} ({probed.took_s:.2f} s)."
    if backend.kind == "aws" and not probed.origin.endswith(
        (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
    ):
        says += " It is set by hand, not AWS's own address."
    return Check(name, "ok", says)


def clock(probed: Probe, backend: Backend) -> Check:
    """The clock of this machine compared with the clock of the endpoint."""
    name, skew = "Clock", probed.skew_s
    if backend.kind == "local":
        return skipped(name, "The local model is on the same one.")
    if skew is None:
        told = "Needs an endpoint that answers." if probed.problem else "The endpoint does not send its time."
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


def stop(backend: Backend) -> Check:
    """Whether a stop ends a running call at once; this depends on private attributes of botocore."""
    name = "Stop"
    try:
        cuttable = is_cuttable(backend.client())
    except Exception as error:
        return skipped(name, _ELSEWHERE.get(backend.explain(error).kind, "Needs a client for the endpoint."))
    if cuttable:
        return Check(name, "ok", "Stop ends a running call at once.")
    says = (
        "Stop cannot end a call that waits for its next byte: the installed botocore keeps its connections "
        "in another place than Sirocco expects. The model may go on, and be billed, after a stop."
    )
    return Check(name, "warning", says, reinstall())


def local_model(backend: Backend) -> Check:
    """Whether the local model's files are there, its engine is loaded and its process runs."""
    name = "Local model"
    if NOT_BESIDE_AWS in backend.notes:
        return Check(name, "warning", NOT_BESIDE_AWS, INSTALL)
    if not backend.serves_local:
        return skipped(name, "Not used with Amazon Bedrock.")
    if backend.endpoint is None:
        return skipped(name, "SIROCCO_LOCAL_URL names an endpoint that runs elsewhere.")
    try:
        backend.endpoint.url()
    except Exception as error:
        problem = backend.explain(error)
        status: Status = "failed" if backend.kind == "local" else "warning"
        return Check(name, status, f"{problem.title}. {problem.cause}", problem.fix)
    return Check(name, "ok", "Its files are there and its process is running.")


def _origin(url: str) -> str:
    """Scheme, host and port only, because the rest of an address may contain an account number."""
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
