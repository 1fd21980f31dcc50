"""The ports of `make run`: what a taken one says."""

import socket

import pytest

from bootstrap.commands import SetupError
from bootstrap.ports import refuse_taken_ports


def test_a_taken_port_is_named_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        number = port if port <= 64535 else port - 1000  # then it is the mail catcher's

        with pytest.raises(SetupError, match=rf"Port {port}.*is taken.*make run PORT="):
            refuse_taken_ports(str(number))


@pytest.mark.parametrize("text", ["", "abc", "80", "65000", "-1"])
def test_a_port_that_cannot_be_served_on_is_refused(text: str) -> None:
    with pytest.raises(SetupError, match="is no port to serve on"):
        refuse_taken_ports(text)
