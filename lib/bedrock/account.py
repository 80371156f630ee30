"""The models that this account and region can call, as AWS lists them.

Until AWS has answered, and if listing is not permitted, the list comes from the catalogue.

Sources: ListFoundationModels and ListInferenceProfiles in botocore 1.44.8's model of `bedrock`; AWS docs,
model-lifecycle-legacy, 2026.
"""

import math
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from lib.bedrock.problems import Problem
from lib.mistral.catalog import Lifecycle, Model, UnknownModel, find, models

FRESH_S = 900.0
"""How long a listing is used before AWS is asked again, in seconds."""
AGAIN_S = 60.0
"""How long to wait after a failed attempt to list, in seconds."""
PAGES = 20
"""The most pages of inference profiles that are read, 1000 profiles to a page."""
FORBIDDEN = {"iam-action", "iam-deny", "access-denied"}
UNREACHABLE = {"unreachable", "connect-timeout", "no-answer", "stalled", "proxy", "tls", "gateway"}
"""Problem kinds: listing is not permitted, or AWS did not answer."""
_CATALOGUE = "These models are from the catalogue."


@dataclass(frozen=True)
class Listed:
    """A model that the account can call with `call_id`. `model.lifecycle` is the state that AWS lists
    today."""

    model: Model
    call_id: str


@dataclass(frozen=True)
class Listing:
    """The models that can be called. `note` says why the list is not a new one from the account; it is None
    if the list is new or AWS has not been asked yet."""

    models: tuple[Listed, ...]
    note: str | None
    as_of: datetime
    source: Literal["account", "catalogue"]
    problem: Problem | None = None

    @property
    def offered(self) -> tuple[Model, ...]:
        """The models without their call ids, in catalogue order."""
        return tuple(listed.model for listed in self.models)


class Account:
    """Asks AWS at most every FRESH_S seconds, in the background. `listing` never waits and never raises."""

    def __init__(
        self,
        client: Callable[[], Any],
        explain: Callable[[BaseException], Problem],
        catalogue: tuple[Model, ...],
        region: str | None,
    ) -> None:
        self._client, self._explain, self._region = client, explain, region
        known = tuple(Listed(model, model.call_id(region)) for model in catalogue)
        self._catalogue = Listing(known, None, datetime.now(UTC), "catalogue")
        self._listing = self._catalogue
        self._lock = threading.Lock()
        self._asking = False
        self._due = 0.0

    def listing(self) -> Listing:
        """The newest list. If it is older than FRESH_S, a new thread asks AWS again."""
        with self._lock:
            if not self._asking and time.monotonic() >= self._due:
                self._asking = True
                threading.Thread(target=self.refresh, name="account-models", daemon=True).start()
            return self._listing

    def refresh(self) -> Listing:
        """Ask AWS now and wait for the answer, which can take half a minute. Never raises."""
        try:
            client = self._client()
            listed, note = _listed(client, self._region)
            # The local endpoint also lists the Mistral models that it answers for with its own model.
            here = any(model.local for model in self._catalogue.offered)
            listed = tuple(entry for entry in listed if entry.model.local == here)
            fresh = Listing(listed, note, datetime.now(UTC), "account")
        except Exception as error:  # after any error the last list, or the catalogue, is used
            fresh = self._without(self._explain(error))
        if not fresh.models:
            where = f"in {self._region}" if self._region else "here"
            fresh = replace(self._catalogue, note=f"AWS lists no Mistral model {where}. {_CATALOGUE}")
        with self._lock:
            self._listing, self._asking = fresh, False
            self._due = time.monotonic() + (AGAIN_S if fresh.problem else FRESH_S)
        return fresh

    def call_id(self, model: Model) -> str:
        """The modelId to send for `model`. Never calls AWS."""
        called = (listed.call_id for listed in self._listing.models if listed.model.id == model.id)
        return next(called, model.call_id(self._region))

    def _without(self, problem: Problem) -> Listing:
        """The last list from the account, or the catalogue, with a note that says why it is not a new one."""
        known = self._listing if self._listing.source == "account" else self._catalogue
        return replace(known, note=_why(problem, known), problem=problem)


def nearest_active(model: Model, offered: Iterable[Model]) -> Model | None:
    """The active model to use instead of `model`: one of its family, else the nearest in price, then in size.

    None if `offered` has no other active model.
    """
    today = datetime.now(UTC).date()
    active = [
        other
        for other in offered
        if other.id != model.id
        and other.lifecycle.status == "active"
        and not (other.lifecycle.end_of_life and other.lifecycle.end_of_life <= today)
    ]
    return min(active, key=lambda other: _distance(model, other), default=None)


def _distance(model: Model, other: Model) -> tuple[bool, int, float]:
    """Sort key: another family, the price in steps of a factor of 1.5, the size."""
    return (
        _family(other) != _family(model),
        round(_ratio(_price(model), _price(other)) / math.log(1.5)),
        _ratio(_size(model), _size(other)),
    )


def _family(model: Model) -> str:
    """The words of the id before the first word with a digit: `mistral-large` for every Mistral Large."""
    words = re.split(r"[.-]", model.id.rpartition("mistral.")[2])
    return "-".join(words[: next((n for n, word in enumerate(words) if re.search(r"\d", word)), None)])


def _price(model: Model) -> float | None:
    return model.price.input + model.price.output if model.price else None


def _size(model: Model) -> float | None:
    """Billions of parameters, if the id contains them."""
    found = re.search(r"(?:(\d+)x)?(\d+)b\b", model.id)
    return float(found[1] or 1) * float(found[2]) if found else None


def _ratio(one: float | None, other: float | None) -> float:
    """The absolute logarithm of the ratio; 99, more than any real one, if a value is unknown."""
    return abs(math.log(one / other)) if one and other else 99.0


def _listed(client: Any, region: str | None) -> tuple[tuple[Listed, ...], str | None]:
    """The account's models in catalogue order, followed by those that are not in the catalogue, and a
    note."""
    summaries = client.list_foundation_models()["modelSummaries"]
    wanted = [(model, summary) for summary in summaries if (model := _usable(summary))]
    note = None
    try:
        profiles = _profiles(client)
    except Exception:  # this needs another permission; the catalogue has the usual profiles
        profiles = {}
        note = "Inference profiles could not be listed; those of the catalogue are used."
    found = [
        _entry(model, call_id, summary.get("modelLifecycle") or {})
        for model, summary in wanted
        if (call_id := _call_id(model, summary, profiles, region))
    ]
    order = {model.id: number for number, model in enumerate(models())}
    return tuple(sorted(found, key=lambda listed: order.get(listed.model.id, len(order)))), note


def _usable(summary: Mapping[str, Any]) -> Model | None:
    """The Model, if it is a Mistral model that returns text and can stream."""
    if "TEXT" not in summary.get("outputModalities", ["TEXT"]):
        return None
    if not summary.get("responseStreamingSupported", True):
        return None
    try:
        return find(summary["modelId"])
    except UnknownModel:
        return None


def _profiles(client: Any) -> dict[str, list[str]]:
    """Foundation model id -> ids of the profiles, defined by AWS, that call it from this region."""
    profiles: dict[str, list[str]] = {}
    more: dict[str, str] = {}
    for _ in range(PAGES):
        answer = client.list_inference_profiles(typeEquals="SYSTEM_DEFINED", maxResults=1000, **more)
        for profile in answer["inferenceProfileSummaries"]:
            for model in profile["models"]:
                called = profiles.setdefault(model.get("modelArn", "").rpartition("/")[2], [])
                # A profile lists one ARN for each of its regions.
                if profile["inferenceProfileId"] not in called:
                    called.append(profile["inferenceProfileId"])
        if not answer.get("nextToken"):
            break
        more = {"nextToken": answer["nextToken"]}
    return profiles


def _call_id(
    model: Model, summary: Mapping[str, Any], profiles: Mapping[str, list[str]], region: str | None
) -> str | None:
    """The bare id if the model runs on demand, else the id of a profile: first choice is the profile of the
    catalogue, last choice a global one."""
    if "ON_DEMAND" in summary.get("inferenceTypesSupported", ["ON_DEMAND"]):
        return str(summary["modelId"])
    usual = model.call_id(region)
    offered = profiles.get(summary["modelId"]) or ([usual] if not profiles and usual != model.id else [])
    return min(offered, key=lambda it: (it != usual, it.startswith("global."), it), default=None)


def _entry(model: Model, call_id: str, told: Mapping[str, Any]) -> Listed:
    """The entry for a model. `told` is the account's modelLifecycle; it overrides the catalogue's."""
    if model.local or told.get("status") not in ("ACTIVE", "LEGACY"):
        return Listed(model, call_id)
    status: Literal["active", "legacy"] = "active" if told["status"] == "ACTIVE" else "legacy"
    until = told.get("endOfLifeTime")
    ends = until.date() if until else model.lifecycle.end_of_life if status == "legacy" else None
    lifecycle = Lifecycle(status, datetime.now(UTC).date(), ends, "As this AWS account lists it.")
    return Listed(replace(model, lifecycle=lifecycle), call_id)


def _why(problem: Problem, known: Listing) -> str:
    if problem.kind in FORBIDDEN:
        reason = "The AWS identity may not list models (bedrock:ListFoundationModels)."
    elif problem.kind in UNREACHABLE:
        reason = "AWS could not be asked for the account's models."
    else:
        reason = f"The account's models could not be listed: {problem.title}."
    if known.source == "catalogue":
        return f"{reason} {_CATALOGUE}"
    return f"{reason} This list is from {known.as_of:%H:%M} UTC."
