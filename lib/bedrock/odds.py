"""Asks the embedded endpoint for odds: the candidates for each token, with probabilities. Bedrock sends none.

The requests and answers are documented in docs/odds.md.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

from lib.bedrock import local_headers
from lib.bedrock.backend import Backend
from lib.bedrock.gate import Visitor
from lib.bedrock.local_endpoint import LocalEndpoint
from lib.mistral.dialects import body
from lib.mistral.recipe import Recipe

TIMEOUT_S = 30.0
SHOWN = 40
"""How many candidates to ask for where nothing else is said. The endpoint has up to 200 for each token."""


class OddsError(Exception):
    """The endpoint refused or failed; the message is a sentence."""


class NoOddsError(OddsError):
    """The endpoint has no odds of this answer, or has them no longer."""


@dataclass(frozen=True)
class Candidate:
    """A token that could come. `control`: it is no text, and ends the answer.

    `probability`: the model's own, before the sampler. `dry`: what DRY, the sampler's step against
    repetition, subtracts from its natural logarithm. `cut`: the step of the sampler that removes it, at the
    settings of the request; "" if it can be drawn.
    """

    id: int
    text: str
    probability: float
    dry: float
    cut: str
    control: bool


@dataclass(frozen=True)
class Odds:
    """The candidates that the model weighed for one token, the likeliest first.

    `text`: what the answer says there, "" if nothing was drawn. `drawn`: the token that came.
    `rest`: all other tokens in groups, each with its number of tokens and the sum of their probabilities.
    """

    text: str
    drawn: Candidate | None
    candidates: tuple[Candidate, ...]
    rest: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Weighed:
    """The odds of one token or of several in a row, the name of the model, and the sampler's settings."""

    model: str
    settings: Mapping[str, float]
    tokens: tuple[Odds, ...]


class OddsClient:
    """Asks for odds. An app has one such object. Call it for a visitor only inside `with permitted(visitor)`.

    If the backend has no embedded endpoint, the first question starts one. The methods that ask raise
    OddsError, and LocalEndpointError if the embedded model does not run.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._own: LocalEndpoint | None = None
        self._lock = threading.Lock()

    def of_text(
        self,
        text: str,
        ids: Sequence[int] = (),
        *,
        draw: int = 0,
        settings: Mapping[str, float | None] | None = None,
        seed: int | None = None,
        shown: int = SHOWN,
    ) -> Weighed:
        """Continue a plain text, followed by the tokens `ids`, with `draw` tokens. Returns their odds, and
        those of the token after them.

        `settings`: temperature, top_p and top_k. A step that is left out is off; the temperature is then 1.
        """
        asked = {name: value for name, value in (settings or {}).items() if value is not None}
        document = {"text": text, "ids": list(ids), "draw": draw, **asked}
        headers = local_headers.headers(seed, shown)
        return self._weighed("POST", "/odds/text", json.dumps(document).encode(), headers)

    def of_recipe(self, recipe: Recipe, shown: int = SHOWN) -> Weighed:
        """The odds of the first token of an answer to this recipe."""
        path = f"/odds/model/{quote(recipe.model_id, safe='')}/invoke"
        return self._weighed("POST", path, body(recipe), local_headers.headers(odds=shown))

    def of_answer(self, request_id: str) -> Weighed:
        """The odds of every token of an answer of the last minutes that was requested with odds."""
        return self._weighed("GET", f"/odds/answers/{quote(request_id, safe='')}", None, {})

    @contextmanager
    def permitted(self, visitor: Visitor) -> Iterator[None]:
        """One question of this visitor, which may ask the endpoint several times. Raises gate.Refused."""
        permit = self._backend.gate.reserve_odds(visitor)
        try:
            yield
        finally:
            permit.settle(None)

    def close(self) -> None:
        """End the endpoint that this object has started, if any."""
        with self._lock:
            if self._own:
                self._own.close()

    def _weighed(self, method: str, path: str, sent: bytes | None, headers: Mapping[str, str]) -> Weighed:
        address = urlsplit(self._url()).netloc
        connection = HTTPConnection(address, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, sent, {"Authorization": "Bearer local", **headers})
            response = connection.getresponse()
            told = json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise OddsError(f"The local model did not answer ({error or type(error).__name__}).") from error
        finally:
            connection.close()
        if response.status == 404:
            raise NoOddsError(str(told.get("message", "The local model has no odds of this answer.")))
        if response.status != 200:
            raise OddsError(str(told.get("message", f"The local model answered {response.status}.")))
        return Weighed(told["model"], told["settings"], tuple(map(_odds, told["tokens"])))

    def _url(self) -> str:
        here = self._backend
        return here.endpoint_url or (here.endpoint or self._started()).url()

    def _started(self) -> LocalEndpoint:
        with self._lock:
            if self._own is None:
                self._own = LocalEndpoint()
                self._own.start()
            return self._own


def _odds(told: Mapping[str, Any]) -> Odds:
    drawn = told.get("drawn")
    return Odds(
        told["text"],
        _candidate(drawn) if drawn else None,
        tuple(map(_candidate, told["candidates"])),
        tuple((count, mass) for count, mass in told["rest"]),
    )


def _candidate(told: Mapping[str, Any]) -> Candidate:
    more = told.get("dry", 0.0), told.get("cut", ""), told.get("control", False)
    return Candidate(told["id"], told["text"], told["probability"], *more)
