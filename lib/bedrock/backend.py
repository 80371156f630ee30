"""Where calls go: Amazon Bedrock or the embedded endpoint. The choice is made once, when the app starts."""

from __future__ import annotations

import functools
import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import boto3

from lib.bedrock import local_headers
from lib.bedrock.account import Account
from lib.bedrock.call_options import CallOptions, call_options
from lib.bedrock.clients import Service, aws_client, local_client
from lib.bedrock.credentials import find_credentials
from lib.bedrock.gate import ANYBODY, Gate, OpenGate, Permit, Visitor
from lib.bedrock.local_endpoint import (
    NOT_BESIDE_AWS,
    NOT_INSTALLED,
    STILL_PLAYS,
    LocalEndpoint,
    LocalEndpointError,
    is_installed,
)
from lib.bedrock.problem_setup import ModelRefusedError, what_is_named
from lib.bedrock.problems import Problem, explain, local_endpoint_down
from lib.bedrock.reply import Reply
from lib.bedrock.running import Running
from lib.bedrock.settings import notes
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, Model, UnknownModel, find, models
from lib.mistral.dialects import body
from lib.mistral.recipe import Recipe

_ARN_REGION = re.compile(r"arn:aws[a-z-]*:bedrock:([a-z0-9-]+):")
Kind = Literal["aws", "local"]


@dataclass(frozen=True)
class Backend:
    """Everything about where calls go.

    `region` is set for AWS only. `default_model` is the Model that the page selects first, and
    `default_call_id` the modelId that its calls send. `notes` are sentences about settings that should be
    corrected. `endpoint` or `endpoint_url` is where the local model answers; on AWS neither is set unless the
    host offers that model beside the others. `account` knows which models the account can call. `gate` is
    asked before every call. `allowed` are the ids of the models that the host offers, as calls send them;
    empty if it offers all. `running` counts the answers that run. `refused`: what the host named as the
    model, if this app cannot call it. No model is called then, because it would be wrong to call, and to pay
    for, another one. `options` are added to every call to AWS.
    """

    kind: Kind
    region: str | None
    default_model: Model
    default_call_id: str
    notes: tuple[str, ...] = ()
    endpoint: LocalEndpoint | None = None
    endpoint_url: str | None = None
    gate: Gate = field(default_factory=OpenGate, repr=False, compare=False)
    allowed: tuple[str, ...] = ()
    refused: str = ""
    options: CallOptions = field(default_factory=CallOptions)
    running: Running = field(default_factory=Running, repr=False, compare=False)
    account: Account = field(init=False, repr=False, compare=False)
    _clients: dict[tuple[Service, bool], Any] = field(default_factory=dict, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def __post_init__(self) -> None:
        catalogue = tuple(model for model in models() if model.local == (self.kind == "local"))
        ask = functools.partial(self.client, "bedrock")
        object.__setattr__(self, "account", Account(ask, self.explain, catalogue, self.region))

    @classmethod
    def detect(
        cls,
        gate_for: Callable[[Kind], Gate] = lambda _: OpenGate(),
        allowed: Sequence[str] = (),
        *,
        with_local: bool = False,
    ) -> Backend:
        """Choose the backend from the environment; call `load_settings` first. This starts the local model's
        endpoint if it is used.

        `allowed`: ids of the models that the host offers on AWS; the page selects the first of them first.
        `with_local`: also offer the local model beside them, if it is installed.
        """
        kind, found = _kind()
        found = (*notes(), *found)
        if kind == "local":
            endpoint, url = _local_endpoint()
            if endpoint and not is_installed():
                found += (f"{NOT_INSTALLED} {STILL_PLAYS}",)
            local = find(LOCAL_MODEL_ID)
            return cls("local", None, local, local.id, found, endpoint, url, gate_for(kind))
        return cls._on_aws(gate_for(kind), tuple(allowed), found, with_local=with_local)

    @classmethod
    def _on_aws(
        cls, gate: Gate, allowed: tuple[str, ...], found: tuple[str, ...], *, with_local: bool
    ) -> Backend:
        asked = os.environ.get("BEDROCK_MODEL_ID", "").strip() or SAMPLE_MODEL_ID
        asked = allowed[0] if allowed else asked
        region, refused = _region(), ""
        try:
            model = find(asked)
            if model.local:
                raise UnknownModel(f"{asked!r} answers only with SIROCCO_BACKEND=local.")
        except UnknownModel:
            refused = what_is_named(asked)
            found += (f"BEDROCK_MODEL_ID is {refused}. No model is called until that is corrected.",)
            asked, model = SAMPLE_MODEL_ID, find(SAMPLE_MODEL_ID)
        arn = _ARN_REGION.match(asked)
        if arn and arn[1] != region:
            named = "SIROCCO_MODELS begins with" if allowed else "BEDROCK_MODEL_ID is"
            found += (f"{named} an ARN of {arn[1]}, so all calls go to that region.",)
            region = arn[1]
        options = call_options()
        found += options.notes
        endpoint, url = None, None
        if with_local and (os.environ.get("SIROCCO_LOCAL_URL") or is_installed()):
            endpoint, url = _local_endpoint()
        elif with_local:
            found += (NOT_BESIDE_AWS,)
        return cls(
            "aws",
            region,
            model,
            asked,
            found,
            endpoint,
            url,
            gate=gate,
            allowed=allowed,
            refused=refused,
            options=options,
        )

    @property
    def serves_local(self) -> bool:
        """Whether the local model answers here, alone or beside the models of AWS."""
        return self.kind == "local" or bool(self.endpoint or self.endpoint_url)

    @property
    def models(self) -> tuple[Model, ...]:
        """The models that the page offers: those that the host named, else those that the account can call,
        or the catalogue until they are known. The local model is the last, if it is offered."""
        beside = (find(LOCAL_MODEL_ID),) if self.kind == "aws" and self.serves_local else ()
        return (*self._offered(), *beside)

    def _offered(self) -> tuple[Model, ...]:
        offered = self.account.listing().offered
        if self.allowed:
            listed = {model.id: model for model in offered}
            wanted = dict.fromkeys(find(asked) for asked in self.allowed)
            return tuple(listed.get(model.id, model) for model in wanted)
        if any(model.id == self.default_model.id for model in offered):
            return offered
        return (self.default_model, *offered)

    def stream(
        self,
        recipe: Recipe,
        visitor: Visitor = ANYBODY,
        permit: Permit | None = None,
        *,
        seed: int | None = None,
        odds: int = 0,
    ) -> Reply:
        """Send the recipe, fitted to the host's limits, on the thread of the returned reply.

        `permit`: the recipe's permit, if its call was reserved before. Else the reply asks the gate for one,
        and a refusal becomes the Problem of its answer. For the local endpoint only: `seed` of the draws, and
        how many candidates (`odds`) it keeps for each token, for `lib.bedrock.odds`. Bedrock gets neither.
        """
        sent = self.gate.fitted(recipe)
        explained = functools.partial(self.explain, model_name=sent.model.name)
        reserve = functools.partial(self._reserve, sent, visitor, permit)
        call = functools.partial(self._call, sent, local_headers.headers(seed, odds))
        return self.running.start(sent, call, explained, reserve)

    def _reserve(self, recipe: Recipe, visitor: Visitor, permit: Permit | None) -> Permit:
        return permit or self.gate.reserve([recipe], visitor).permits[0]

    def call_id(self, model: Model) -> str:
        """The modelId that a call to `model` names: as the host named it, else as the account lists it."""
        for named in (self.default_call_id, *self.allowed):
            if named != model.id and find(named).id == model.id:
                return named
        return self.account.call_id(model)

    def explain(
        self,
        error: BaseException,
        *,
        shown: bool = False,
        request_id: str | None = None,
        model_name: str = "the model",
    ) -> Problem:
        """The Problem for `error`, with this backend's region and address in its text."""
        if isinstance(error, LocalEndpointError):
            return local_endpoint_down(error.cause, error.fix)
        return explain(
            error,
            shown=shown,
            request_id=request_id,
            model_name=model_name,
            region=self.region,
            endpoint=self.endpoint_url if self.kind == "local" else None,
        )

    def client(self, service: Service = "bedrock-runtime") -> Any:
        """The boto3 client of the service, created once. Raises BotoCoreError, ValueError,
        CredentialsTimeoutError or LocalEndpointError."""
        return self._client(service, local=self.kind == "local")

    def client_for(self, model: Model) -> Any:
        """The client that calls of this model use. Raises as `client` does."""
        return self._client("bedrock-runtime", local=model.local or self.kind == "local")

    def _client(self, service: Service, *, local: bool) -> Any:
        # The endpoint is asked each time: it raises if its process has ended for good.
        url = (self.endpoint.url() if self.endpoint else self.endpoint_url) if local else None
        name = (service, local)
        # Without the lock, so that a call never waits while another client is created.
        if name in self._clients:
            return self._clients[name]
        with self._lock:
            if name not in self._clients:
                made = local_client(url, service) if url else aws_client(self.region, service)
                self._clients[name] = made
            return self._clients[name]

    def warm_up(self) -> None:
        """Create the client before the first prompt. Errors are ignored here: the first prompt reports
        them."""
        self.account.listing()
        try:
            self.client()
        except Exception:
            return

    def _call(self, recipe: Recipe, headers: Mapping[str, str]) -> Mapping[str, Any]:
        if self.refused:
            raise ModelRefusedError(self.refused)
        options = {} if recipe.model.local else self.options.arguments()
        with local_headers.sent(headers):
            response: Mapping[str, Any] = self.client_for(recipe.model).invoke_model_with_response_stream(
                modelId=self.call_id(recipe.model),
                body=body(recipe),
                contentType="application/json",
                accept="application/json",
                **options,
            )
        # AWS should repeat the tier; if it does not, the one that was asked for is all that is known.
        return {"serviceTier": self.options.tier, **response} if self.options.tier else response


def _kind() -> tuple[Literal["aws", "local"], tuple[str, ...]]:
    asked = os.environ.get("SIROCCO_BACKEND", "").strip().lower()
    if asked == "aws":
        return "aws", ()
    if asked == "local":
        return "local", ()
    notes = (f"SIROCCO_BACKEND is “{asked}”; it takes aws or local.",) if asked else ()
    return ("aws" if _has_aws_credentials() else "local"), notes


def _local_endpoint() -> tuple[LocalEndpoint | None, str | None]:
    """The local model's endpoint, started, or the address of one that already runs."""
    if url := os.environ.get("SIROCCO_LOCAL_URL"):
        return None, url
    endpoint = LocalEndpoint()
    endpoint.start()
    return endpoint, None


def _has_aws_credentials() -> bool:
    if os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):
        return True
    try:
        return find_credentials() is not None
    except Exception:
        # A set-up with an error (half a key pair, an unknown profile, a process that hangs) shows that the
        # host wants AWS. The first call reports the error.
        return True


def _region() -> str | None:
    try:
        region: str | None = boto3.Session().region_name
    except Exception:  # a configuration that cannot be read; the first call reports the error
        return os.environ.get("AWS_DEFAULT_REGION")
    return region
