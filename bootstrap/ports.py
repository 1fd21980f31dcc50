"""The ports of `make run`."""

from __future__ import annotations

import socket

from bootstrap.commands import SetupError


def refuse_taken_ports(text: str) -> None:
    """Raises SetupError when the web server's port or the mail catcher's, 1000 above, cannot be used."""
    if not text.isdigit() or not 1024 <= int(text) <= 64535:
        raise SetupError(f"{text!r} is no port to serve on. Choose 1024 to 64535: make run PORT=8080")
    for port, whose in ((int(text), "the web server"), (int(text) + 1000, "the mail catcher")):
        if not is_free(port):
            raise SetupError(
                f"Port {port}, meant for {whose}, is taken. Stop what uses it (another `make run`?), "
                f"or choose another: make run PORT={int(text) + 1 if int(text) < 64535 else 8000}"
            )


def is_free(port: int) -> bool:
    """Whether a server may listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
