"""What is left out when a conversation outgrows the model's context."""

from hypothesis import given
from hypothesis import strategies as st

from lib.mistral.catalog import LOCAL_MODEL_ID, find
from lib.mistral.context import fitting
from lib.mistral.recipe import Message

LOCAL = find(LOCAL_MODEL_ID)  # 2,048 tokens


def conversation(*lengths: int) -> list[Message]:
    """Turns of so many characters, the user's first."""
    roles = ("user", "assistant")
    return [Message(roles[index % 2], "x" * length) for index, length in enumerate(lengths)]  # type: ignore[arg-type]


def test_a_short_conversation_stays_whole() -> None:
    messages = conversation(100, 200, 100)
    assert fitting(messages, "", LOCAL, 256) == tuple(messages)


def test_the_oldest_exchange_goes_first_and_whole() -> None:
    messages = conversation(1500, 1500, 1500, 1500, 90)
    assert fitting(messages, "", LOCAL, 256) == tuple(messages[2:])


def test_room_is_kept_for_the_answer_and_the_system_text() -> None:
    messages = conversation(1200, 1200, 1200, 1200, 90)
    assert len(fitting(messages, "", LOCAL, 256)) == 5
    assert len(fitting(messages, "", LOCAL, 900)) == 3
    assert len(fitting(messages, "s" * 2000, LOCAL, 256)) == 3


def test_without_a_limit_room_is_kept_for_as_long_an_answer_as_the_model_gives_by_itself() -> None:
    messages = conversation(1400, 1200, 1200, 1200, 90)
    assert len(fitting(messages, "", LOCAL, 1)) == 5
    assert len(fitting(messages, "", LOCAL, 256)) == len(fitting(messages, "", LOCAL, None)) == 3


def test_denser_text_takes_more_room() -> None:
    messages = conversation(1200, 1200, 1200, 1200, 90)
    assert len(fitting(messages, "", LOCAL, 256, characters_per_token=2.2)) == 3


def test_the_last_message_stays_however_long_it_is() -> None:
    messages = conversation(10, 10, 99_999)
    assert fitting(messages, "", LOCAL, 256) == (messages[-1],)


def test_an_answer_to_go_on_with_keeps_its_prompt() -> None:
    messages = conversation(3000, 3000, 300, 9000)
    assert fitting(messages, "", LOCAL, 256) == tuple(messages[2:])


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=30), st.integers(1, 1024))
def test_what_is_left_begins_with_the_user_and_ends_with_the_newest(lengths: list[int], room: int) -> None:
    messages = conversation(*lengths)
    kept = fitting(messages, "", LOCAL, room)
    assert kept[0].role == "user"
    assert tuple(messages[len(messages) - len(kept) :]) == kept
