"""Checks of the settings of this machine. They use the network only to fetch credentials."""

import base64
import binascii
import importlib.metadata
import os
import platform
import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import botocore.session
from botocore.exceptions import NoCredentialsError

from lib.bedrock.account import Listing, nearest_active
from lib.bedrock.backend import Backend
from lib.bedrock.credentials import find_credentials, in_time
from lib.bedrock.problem_setup import ModelRefusedError
from lib.bedrock.problems import ENTRIES
from lib.hosting.check import Check, failed, reinstall, skipped
from lib.mistral.catalog import SAMPLE_MODEL_ID, Model

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("streamlit", "boto3", "botocore", "urllib3", "xllamacpp")
NEWER_MODEL_ID = "mistral.mistral-large-3-675b-instruct"
"""What a host is advised to select first instead of AWS's sample model."""
KINDS = {
    "env": "keys from the environment",
    "shared-credentials-file": "keys from the AWS credentials file",
    "config-file": "keys from the AWS config file",
    "assume-role": "a role, assumed through the AWS configuration",
    "assume-role-with-web-identity": "a role, assumed with a web identity",
    "sso": "a sign-in through IAM Identity Center (SSO)",
    "login": "a sign-in with aws login",
    "custom-process": "a credential process",
    "container-role": "the role of this container",
    "iam-role": "the role of this EC2 instance",
}
"""The sources of credentials, by botocore 1.44.8's names for them, in plain words."""


def backend_choice(backend: Backend) -> Check:
    """Where calls go, and why."""
    where = "Amazon Bedrock" if backend.kind == "aws" else "The embedded model"
    asked = os.environ.get("SIROCCO_BACKEND", "").strip()
    if asked and asked.lower() not in ("aws", "local"):
        says = f"{where}. SIROCCO_BACKEND is “{asked[:40]}” and was not understood."
        return Check("Backend", "warning", says, "Set SIROCCO_BACKEND to aws or local, or remove it.")
    if asked:
        return Check("Backend", "ok", f"{where}, because SIROCCO_BACKEND is {asked.lower()}.")
    found = "AWS credentials were found" if backend.kind == "aws" else "no AWS credentials were found"
    return Check("Backend", "ok", f"{where}, because {found}.")


def region(backend: Backend) -> Check:
    """Whether a region is set and whether the installed boto3 knows it."""
    if backend.kind == "local":
        return skipped("Region", "The local model has none.")
    if backend.region is None:
        return failed("Region", ENTRIES["no-region"])
    # The session ignores the AWS files and the profile: a file may be unreadable, the profile may not exist.
    nothing = {"profile": (None, None, None, None)}
    files = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    session = botocore.session.Session(session_vars=nothing | files)
    known = {
        name
        for partition in session.get_available_partitions()
        for service in ("bedrock", "ec2")
        for name in session.get_available_regions(service, partition)
    }
    if backend.region in known:
        return Check("Region", "ok", f"{backend.region}.")
    bad = ENTRIES["bad-region"]
    says = f"{bad.title}. boto3 {_version('boto3')} knows no {backend.region[:40]}."
    return Check("Region", "failed", says, f"{bad.fix[:-1]}; if the region is new, update boto3.")


def credentials(backend: Backend) -> Check:
    """The kind of credentials, and until when they are valid. Only a call shows whether AWS accepts them."""
    name = "Credentials"
    if backend.kind == "local":
        if _half_a_pair() and not os.environ.get("SIROCCO_BACKEND", "").strip():
            return failed(name, ENTRIES["partial-credentials"])
        return skipped(name, "The local model needs none.")
    if key := os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):
        return _good_until("a Bedrock API key", _api_key_expiry(key))
    if _half_a_pair():
        return failed(name, ENTRIES["partial-credentials"])
    try:
        found = find_credentials()
        if found is None:
            raise NoCredentialsError
        pair = in_time(found.get_frozen_credentials)
    except RuntimeError:  # botocore raises this if the credentials that it fetched have already expired
        return failed(name, ENTRIES["key-expired"])
    except Exception as error:  # this check reports every error
        return failed(name, backend.explain(error))
    if pair.access_key.startswith("ASIA") and not pair.token:
        says = "The access key is a temporary one, and the session token that belongs to it is missing."
        return Check(name, "failed", says, "Set AWS_SESSION_TOKEN as well, or use a permanent key.")
    kind = KINDS.get(found.method, "a source of its own")
    return _good_until(f"temporary {kind}" if _plain_keys(found) and pair.token else kind, _expiry(found))


def model(backend: Backend, listing: Listing) -> Check:
    """Whether this account and region can call the model that the page selects first."""
    name, here = "Model", backend.default_model
    if backend.refused:
        return failed(name, backend.explain(ModelRefusedError(backend.refused)))
    listed = next((entry for entry in listing.models if entry.model.id == here.id), None)
    if backend.kind == "local" or (listed and listing.source == "account"):
        return _lifecycle(listed.model if listed else here, listing)
    other = nearest_active(here, listing.offered)
    fix = f"Set BEDROCK_MODEL_ID to {other.id}, or choose another region." if other else "Choose a region."
    if listing.source == "account":
        says = f"{here.name} is not among the models that AWS offers in {backend.region}."
        return Check(name, "failed", says, fix)
    if backend.region and backend.region not in (*here.regions, *here.profiles):
        says = f"The catalogue does not list {here.name} for {backend.region}."
        return Check(name, "warning", says, fix)
    return _lifecycle(here, listing)


def versions() -> Check:
    """The versions of the packages that an answer passes through, compared with requirements.txt."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = {name: _version(name) for name in PACKAGES}
    says = ", ".join(f"{name} {version}" for name, version in found.items())
    says = f"Sirocco {document['project']['version']}, Python {platform.python_version()}, {says}."
    wanted = dict(re.findall(r"^([a-z0-9]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    other = [name for name, version in found.items() if wanted.get(name, version) != version]
    if not other:
        return Check("Versions", "ok", says)
    tested = ", ".join(f"{name} {wanted[name]}" for name in other)
    says += f" Sirocco is tested with {tested}."
    return Check("Versions", "warning", says, reinstall())


def _lifecycle(model: Model, listing: Listing) -> Check:
    life = model.lifecycle
    if model.local:
        return Check("Model", "ok", f"{model.name}, the embedded model. It is not a Mistral model.")
    if life.status == "active":
        asked = "This account lists it" if listing.source == "account" else f"Listed on {life.as_of}"
        return Check("Model", "ok", f"{model.name}. {asked} as active.{_newer(model, listing)}")
    if life.status == "unknown":
        return Check("Model", "ok", f"{model.name}. Whether it is active or Legacy is not known.")
    ends = f" and ends on {life.end_of_life}" if life.end_of_life else ""
    other = nearest_active(model, listing.offered)
    fix = f"Set BEDROCK_MODEL_ID to {other.id}." if other else "Set BEDROCK_MODEL_ID to an active model."
    return Check("Model", "warning", f"{model.name} is marked Legacy{ends}.", fix)


def _newer(model: Model, listing: Listing) -> str:
    """Advice for a host whose page begins with the model of AWS's sample, which is old and dear."""
    newer = next((other for other in listing.offered if other.id == NEWER_MODEL_ID), None)
    if model.id != SAMPLE_MODEL_ID or newer is None or not (newer.price and model.price):
        return ""
    return (
        f" {newer.name} is newer and costs ${newer.price.input:.2f} in and ${newer.price.output:.2f} out per "
        f"million tokens instead of ${model.price.input:.2f} and ${model.price.output:.2f}: to select it "
        f"first, set BEDROCK_MODEL_ID to {newer.id}."
    )


def _half_a_pair() -> bool:
    """botocore ignores a secret key without its access key and goes on to its next source of credentials."""
    pair = [os.environ.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")]
    return any(pair) and not all(pair)


def _plain_keys(found: Any) -> bool:
    return found.method in ("env", "shared-credentials-file", "config-file")


def _expiry(found: Any) -> datetime | None:
    """When the credentials expire. botocore 1.44.8 has no public attribute for this."""
    until = getattr(found, "_expiry_time", None)
    return until if isinstance(until, datetime) else None


def _api_key_expiry(key: str) -> datetime | None:
    """When a short-term API key expires: it is a presigned URL in base64 (aws-bedrock-token-generator,
    2025)."""
    try:
        url = base64.b64decode(key.removeprefix("bedrock-api-key-"), validate=True).decode()
        query = parse_qs(url.partition("?")[2])
        made = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return made + timedelta(seconds=int(query["X-Amz-Expires"][0]))
    except (binascii.Error, ValueError, KeyError, OverflowError):
        return None


def _good_until(kind: str, until: datetime | None) -> Check:
    says = kind[:1].upper() + kind[1:]
    if until is None:
        return Check("Credentials", "ok", f"{says}.")
    if until <= datetime.now(UTC):
        expired = ENTRIES["key-expired"]
        return Check(
            "Credentials", "failed", f"{expired.title}. {says}, over since {_time(until)}.", expired.fix
        )
    return Check("Credentials", "ok", f"{says}, valid until {_time(until)}.")


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
