"""The question how many messages wait for a worker, which pages ask, while Redis is silent or was restarted."""

import socket
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from pytest_django import Settings

from distribution.outbox.channels.rate import broker_length


class Server:
    """Accepts connections and does to each what its number says: nothing, or close it after one answer."""

    def __init__(self, *, answers: bool) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.answers = answers
        self.opened: list[socket.socket] = []
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            self.opened.append(connection)
            if self.answers:
                Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        while data := connection.recv(4096):
            for _command in range(data.count(b"*")):
                is_question = b"LLEN" in data
                connection.sendall(b":7\r\n" if is_question else b"+OK\r\n")
                if is_question:
                    connection.close()
                    return


@pytest.fixture
def serve(settings: Settings) -> Iterator[Callable[[bool], Server]]:
    started: list[Server] = []

    def start(answers: bool) -> Server:
        started.append(Server(answers=answers))
        settings.REDIS_URL = f"redis://127.0.0.1:{started[-1].socket.getsockname()[1]}/0?protocol=2"
        return started[-1]

    yield start
    for server in started:
        server.socket.close()


def test_a_silent_redis_is_asked_once(serve: Callable[[bool], Server]) -> None:
    server = serve(False)

    assert broker_length("celery") is None
    assert len(server.opened) == 1


def test_a_redis_that_was_restarted_is_not_called_away(serve: Callable[[bool], Server]) -> None:
    server = serve(True)

    assert [broker_length("celery") for _ in range(3)] == [7, 7, 7]
    assert len(server.opened) >= 2
