"""The promptfoo file. tests/sdks/test_promptfoo.py lets promptfoo itself read and run it."""

from __future__ import annotations

import json

import pytest

from lib.comparison import plan
from lib.comparison.run import new
from lib.mistral.catalog import Model, find, models
from lib.mistral.recipe import NUMBERS
from lib.records.promptfoo import to_promptfoo
from tests.support.makers import with_every_number

LARGE = find("mistral.mistral-large-2402-v1:0")


def test_each_column_is_a_provider_and_every_test_has_a_field() -> None:
    recipes = plan.recipes("Say {{hello}}", LARGE, {}, "temperature", [0.0, 0.3, 1.0])
    text = to_promptfoo(new(list(recipes), "temperature", 2, 4), "us-east-1")
    assert text.count("bedrock:converse:mistral.mistral-large-2402-v1:0") == 3
    assert '"temperature": 0.3' in text
    assert "repeat: 2" in text
    assert "  - vars: {}\n" in text


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_every_number_is_exported_by_its_name_or_as_an_additional_field(model: Model) -> None:
    recipe = with_every_number(model)
    text = to_promptfoo(new([recipe], "model", 1, 1), "us-east-1")
    config = json.loads(text.partition("    config: ")[2].partition("\n")[0])
    names = {"max_tokens": "maxTokens", "temperature": "temperature", "top_p": "topP"}
    more = config.get("additionalModelRequestFields", {})
    for name in model.parameters.keys() & NUMBERS:
        value = config[names[name]] if name in names else more[name]
        assert value == getattr(recipe, name)
    assert not more.keys() & names.keys()
