"""The tokens of llama.cpp's own interface, of which these tests cut an answer off."""

from __future__ import annotations

import socket
from threading import Thread

import pytest

from lib.local.engine import WireError
from lib.local.llama_tokens import LlamaTokens


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{", b"no HTTP\r\n\r\n"]
)
def test_an_answer_that_is_cut_off_is_an_error_of_the_model(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def cut_off() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        answering = Thread(target=cut_off)
        answering.start()
        tokens = LlamaTokens(f"http://127.0.0.1:{server.getsockname()[1]}", "key")
        with pytest.raises(WireError, match="The local model failed"):
            tokens.of_text("A cat")
        answering.join()
