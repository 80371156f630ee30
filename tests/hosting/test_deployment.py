"""The settings of a deployment: the values that they take, and the notes about other values."""

import pytest

from lib.hosting.deployment import Deployment, deployment


def test_without_settings_everything_has_its_default() -> None:
    assert deployment({}) == Deployment()


def test_every_setting_is_read() -> None:
    assert deployment(
        {
            "SIROCCO_DRAIN_S": "45",
            "SIROCCO_METRICS_PORT": "9464",
            "SIROCCO_METRICS_TOKEN": " key ",
            "SIROCCO_LOG": "JSON",
        }
    ) == Deployment(45, 9464, "key", "json")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("SIROCCO_DRAIN_S", "soon"), ("SIROCCO_DRAIN_S", "-1"), ("SIROCCO_DRAIN_S", "nan")),
        *(("SIROCCO_METRICS_PORT", "70000"), ("SIROCCO_LOG", "xml")),
    ],
)
def test_what_is_not_understood_has_its_default_and_a_sentence(name: str, value: str) -> None:
    read = deployment({name: value})
    assert (read.drain_s, read.metrics_port, read.log) == (30, None, "text")
    (note,) = read.notes
    assert note.startswith(f"{name} is “{value}”; it takes ")
