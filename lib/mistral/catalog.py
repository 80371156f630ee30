"""The catalogue: the parameters, regions, lifecycle and price of each model.

The facts, with dates and sources, are in `catalog.toml` beside this file.
"""

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

Dialect = Literal["text", "message", "delta"]
"""The form of requests and of chunks (lib/mistral/dialects.py)."""

SAMPLE_MODEL_ID = "mistral.mistral-large-2402-v1:0"
LOCAL_MODEL_ID = "local.smollm2-135m-instruct"

# A bare id, or one with a geography before it ("us.mistral...."), alone or at the end of its ARN.
_REFERENCE = re.compile(
    r"(?:arn:aws[a-z-]*:bedrock:[a-z0-9-]*:[0-9]*:(?:foundation-model|inference-profile)/)?"
    r"(?P<id>(?:[a-z]+(?:-[a-z]+)*\.)?(?P<bare>mistral\.[A-Za-z0-9][A-Za-z0-9.:_-]{0,99}))"
)
# The ARN that the embedded endpoint lists for its own model.
_LOCAL = re.compile(rf"(?:arn:aws:bedrock:[a-z0-9-]+::foundation-model/)?{re.escape(LOCAL_MODEL_ID)}")


class UnknownModel(ValueError):  # noqa: N818  (the name says what is wrong)
    """The id names neither a Mistral model nor the local one."""


@dataclass(frozen=True)
class Parameter:
    """The range of one setting, both ends inclusive. A default of None means: off unless it is sent."""

    low: float
    high: float
    default: float | None


@dataclass(frozen=True)
class Lifecycle:
    """Whether a model may still be used, as known on the day `as_of`."""

    status: Literal["active", "legacy", "unknown", "local"]
    as_of: date
    end_of_life: date | None
    note: str


STANDARD = "default"
"""The service tier that AWS uses if none is named."""


def _digits(usd: float) -> str:
    """With two decimals, or as many as it needs."""
    return f"{usd:,.2f}" if round(usd, 2) == usd else f"{usd:,.4g}"


@dataclass(frozen=True)
class Price:
    """USD per million tokens, on demand. An estimate: see `as_of` and `source`.

    `cached`: for input tokens that were read from the model's cache; None if it is not known, and then they
    cost what other input tokens cost. `tier`: the service tier of these prices.
    """

    input: float
    output: float
    as_of: date
    source: str
    cached: float | None = None
    tier: str = STANDARD

    def __str__(self) -> str:
        """The price in words, with its date."""
        rates = f"${_digits(self.input)} in, ${_digits(self.output)} out"
        return f"{rates} per million tokens (estimate, {self.as_of})"

    def cost(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> int:
        """Micro-dollars for one call, rounded up. `cached_tokens` are among the `input_tokens`."""
        # USD per million tokens are micro-dollars per token. Decimal, so that 3 x 0.1 is not more than 0.3.
        each = Decimal(str(self.input)), Decimal(str(self.output))
        cached = each[0] if self.cached is None else Decimal(str(self.cached))
        read = min(cached_tokens, input_tokens)
        return math.ceil((input_tokens - read) * each[0] + read * cached + output_tokens * each[1])


@dataclass(frozen=True)
class Model:
    """One entry of the catalogue.

    `parameters` has, in the order of Recipe's fields, the numbers and stop, as far as the model takes them;
    the range of stop is the number of its entries. `context` is in tokens. `system` tells whether the
    dialect has a field for a system text; if not, the text is put before the first message. In `regions` the
    bare id can be called on demand; `profiles` maps other regions to the inference profile they need. Those
    of `unconfirmed` are among the regions, but AWS's own pages do not list them. `reasoning`: the model can
    think before it answers. `images`: the model could see images, which this app does not send.
    """

    id: str
    name: str
    dialect: Dialect
    # Plain dicts, because Streamlit copies and pickles the values of widgets. They must not be changed.
    parameters: Mapping[str, Parameter] = field(hash=False)
    context: int
    system: bool
    regions: tuple[str, ...]
    profiles: Mapping[str, str] = field(hash=False)
    lifecycle: Lifecycle
    price: Price | None
    known: bool = True
    note: str = ""
    unconfirmed: tuple[str, ...] = ()
    reasoning: bool = False
    images: bool = False

    @property
    def local(self) -> bool:
        """True for the small model on this machine, which is not a Mistral model."""
        return self.id == LOCAL_MODEL_ID

    def call_id(self, region: str | None) -> str:
        """The modelId to send: the id of the profile if the region needs one, else the bare id."""
        if region is None or region in self.regions:
            return self.id
        return self.profiles.get(region, self.id)


@cache
def models() -> tuple[Model, ...]:
    """Every model in catalogue order: the AWS sample's model first, the local one last."""
    return tuple(_model(entry) for entry in _document()["model"])


def find(model_id: str) -> Model:
    """The model behind a bare id, a profile id such as `us.mistral.…`, or the ARN of either.

    An id that begins with `mistral.` but is not in the catalogue gives a Model with `known=False` and the
    dialect of the newest models, which its `note` says. Its id keeps a geography such as `us.`, because the
    model may be callable with that only. Raises UnknownModel for any other id.
    """
    if _LOCAL.fullmatch(model_id):
        return models()[-1]
    match = _REFERENCE.fullmatch(model_id)
    if match is None:
        raise UnknownModel(f"{model_id[:80]!r} is not the id of a Mistral model on Amazon Bedrock.")
    for model in models():
        if model.id == match["bare"]:
            return model
    name = match["bare"].removeprefix("mistral.")
    return _model({**_document()["unknown"], "id": match["id"], "name": name}, known=False)


def set_prices(prices: Mapping[str, Price], tier: str | None = None) -> None:
    """The host's own prices, by the ids of models, and the service tier of all calls. Call it at start-up,
    before any model is used.

    Own prices win over the catalogue's and are taken as they are; the catalogue's follow the tier.
    """
    asked = {name: replace(price, tier=tier or STANDARD) for name, price in prices.items()}
    if asked == _own_prices and (tier or STANDARD) == _tier[0]:
        return
    _own_prices.clear()
    _own_prices.update(asked)
    _tier[0] = tier or STANDARD
    models.cache_clear()


_own_prices: dict[str, Price] = {}
_tier = [STANDARD]


def accepted_max_tokens(model: Model) -> float:
    """The largest max_tokens that InvokeModel takes, which for some models is more than the app offers."""
    high: float = _document()["documented_max_tokens"].get(model.id, model.parameters["max_tokens"].high)
    return high


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("catalog.toml").read_text(encoding="utf-8"))


def _model(entry: dict[str, Any], known: bool = True) -> Model:
    regions = entry["regions"]
    unconfirmed = tuple(_document()["unconfirmed"].get(regions, ())) if isinstance(regions, str) else ()
    return Model(
        id=entry["id"],
        name=entry["name"],
        dialect=entry["dialect"],
        parameters={name: _parameter(*numbers) for name, numbers in entry["parameters"].items()},
        context=entry["context"],
        system=entry["dialect"] != "text",
        regions=(*(_document()["regions"][regions] if isinstance(regions, str) else regions), *unconfirmed),
        profiles={
            region: profile for profile, served in entry.get("profiles", {}).items() for region in served
        },
        lifecycle=Lifecycle(**{"end_of_life": None, **entry["lifecycle"]}),
        price=_own_prices.get(entry["id"]) or (_price(entry["price"]) if "price" in entry else None),
        known=known,
        note=entry.get("note", ""),
        unconfirmed=unconfirmed,
        reasoning=entry.get("reasoning", False),
        images=entry.get("images", False),
    )


def _parameter(low: float, high: float, default: float | None = None) -> Parameter:
    return Parameter(low, high, default)


def _price(entry: dict[str, Any]) -> Price:
    factor = Decimal(str(_document()["tiers"][_tier[0]]))
    rates = [float(Decimal(str(entry[name])) * factor) for name in ("input", "output")]
    source = _document()["sources"][entry["source"]]
    return Price(rates[0], rates[1], entry["as_of"], source, tier=_tier[0])
