"""What is left out when a conversation outgrows the model's context."""

from hypothesis import given
from hypothesis import strategies as st

from lib.mistral.catalog import LOCAL_MODEL_ID, find
from lib.mistral.context import fitting
from lib.mistral.recipe import Turn

LOCAL = find(LOCAL_MODEL_ID)  # 2,048 tokens


def conversation(*lengths: int) -> list[Turn]:
    """Turns of so many characters, the user's first."""
    return [Turn("assistant" if index % 2 else "user", "x" * length) for index, length in enumerate(lengths)]


def test_a_short_conversation_stays_whole() -> None:
    turns = conversation(100, 200, 100)
    assert fitting(turns, "", LOCAL, 256) == tuple(turns)


def test_the_oldest_exchange_goes_first_and_whole() -> None:
    turns = conversation(1500, 1500, 1500, 1500, 90)
    assert fitting(turns, "", LOCAL, 256) == tuple(turns[2:])


def test_room_is_kept_for_the_answer_and_the_system_text() -> None:
    turns = conversation(1200, 1200, 1200, 1200, 90)
    assert len(fitting(turns, "", LOCAL, 256)) == 5
    assert len(fitting(turns, "", LOCAL, 900)) == 3
    assert len(fitting(turns, "s" * 2000, LOCAL, 256)) == 3


def test_denser_text_takes_more_room() -> None:
    turns = conversation(1200, 1200, 1200, 1200, 90)
    assert len(fitting(turns, "", LOCAL, 256, characters_per_token=2.2)) == 3


def test_the_last_message_stays_however_long_it_is() -> None:
    turns = conversation(10, 10, 99_999)
    assert fitting(turns, "", LOCAL, 256) == (turns[-1],)


def test_an_answer_to_go_on_with_keeps_its_prompt() -> None:
    turns = conversation(3000, 3000, 300, 9000)
    assert fitting(turns, "", LOCAL, 256) == tuple(turns[2:])


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=30), st.integers(1, 1024))
def test_what_is_left_begins_with_the_user_and_ends_with_the_newest(lengths: list[int], room: int) -> None:
    turns = conversation(*lengths)
    kept = fitting(turns, "", LOCAL, room)
    assert kept[0].role == "user"
    assert tuple(turns[len(turns) - len(kept) :]) == kept
