import json

from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from lib.local.frames import chunk_event, exception_event, frame

RECORDED = bytes.fromhex(
    "000000a70000004b462b04f70b3a6576656e742d747970650700056368756e6b0d3a636f6e74656e742d747970650700"
    "106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b226279746573223a"
    "2265794a76645852776458527a496a706265794a305a586830496a6f69494652764969776963335276634639795a5746"
    "7a623234694f6d3531624778395858303d227d30693c02"
)


def decode(data: bytes) -> list[tuple[dict[str, str], bytes]]:
    buffer = EventStreamBuffer()
    buffer.add_data(data)
    return [(event.headers, event.payload) for event in buffer]


def test_a_chunk_equals_the_frame_recorded_from_bedrock() -> None:
    assert chunk_event(b'{"outputs":[{"text":" To","stop_reason":null}]}', padding=0) == RECORDED


def test_the_empty_message_equals_the_published_vector() -> None:
    assert frame({}, b"") == bytes.fromhex("000000100000000005c248eb7d98c8ff")


@given(
    st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=200), max_size=5),
    st.binary(max_size=2000),
)
def test_botocore_decodes_every_frame_to_what_went_in(headers: dict[str, str], payload: bytes) -> None:
    assert decode(frame(headers, payload)) == [(headers, payload)]


def test_a_chunk_is_padded_with_the_beginning_of_the_alphabet_in_a_random_length() -> None:
    paddings = {json.loads(decode(chunk_event(b"{}"))[0][1])["p"] for _ in range(500)}
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    assert all(alphabet.startswith(padding) for padding in paddings)
    assert {len(padding) for padding in paddings} <= set(range(2, 63))
    assert len(paddings) > 30


def test_an_exception_names_the_member_of_the_stream() -> None:
    headers, payload = decode(exception_event("throttlingException", "Too many."))[0]
    assert headers[":message-type"] == "exception"
    assert headers[":exception-type"] == "throttlingException"
    assert json.loads(payload) == {"message": "Too many."}
