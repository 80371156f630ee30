"""The recordings that come with the app, and what is done about a folder that somebody has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.records.gallery import Recording, recordings
from lib.records.links import FILE_SUFFIX, to_file
from lib.records.shared import share
from tests.support.makers import DAY, answered, recipe

OURS = Path(__file__).resolve().parents[2] / "gallery"


def test_every_file_of_the_gallery_opens_and_can_be_played() -> None:
    found = recordings(OURS)
    assert [recording.name + FILE_SUFFIX for recording in found] == sorted(
        file.name for file in OURS.iterdir()
    )
    assert {recording.shared.kind for recording in found} == {"answer", "conversation", "comparison"}
    for recording in found:
        answers = [entry.answer for entry in recording.shared.entries if entry.answer]
        assert len(answers) == len(recording.shared.entries)
        assert all(answer.timeline and answer.status == "complete" for answer in answers)


def test_comparisons_of_the_gallery_have_several_temperatures() -> None:
    compared = [each.shared for each in recordings(OURS) if each.shared.kind == "comparison"]
    assert len(compared) >= 2
    for shared in compared:
        assert len({entry.recipe.temperature for entry in shared.entries}) >= 2


def test_a_title_has_the_first_words_the_model_and_the_kind() -> None:
    answers = [answered(recipe(f"Hello you {'and you ' * 20}", temperature=t), "Hi.") for t in (0.1, 0.5)]
    recording = Recording("x", share("comparison", answers, on=DAY))
    assert (
        recording.title
        == "Hello you and you and you and you and you and y… · Mistral Large · comparison of 2"
    )


def test_what_cannot_be_read_is_left_out_with_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = to_file(share("answer", [answered(recipe(), "Hi.")], on=DAY))
    (tmp_path / f"good{FILE_SUFFIX}").write_bytes(good)
    (tmp_path / f"cut{FILE_SUFFIX}").write_bytes(good[:-20])
    (tmp_path / f"folder{FILE_SUFFIX}").mkdir()
    (tmp_path / "notes.txt").write_text("x")
    assert [recording.name for recording in recordings(tmp_path)] == ["good"]
    told = [record.getMessage() for record in caplog.records]
    assert [line.split(" can")[0] for line in told] == [
        f"The recording {name}{FILE_SUFFIX}" for name in ("cut", "folder")
    ]
    assert recordings(tmp_path / "nowhere") == ()
