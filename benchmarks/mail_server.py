"""`python -m benchmarks.mail_server PORT ...`: an SMTP server that accepts and discards all mail."""

import asyncio
import signal
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session


class Taking:
    """aiosmtpd handler that accepts everything."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "250 OK"


async def serve(ports: list[int], handler: object) -> None:
    """Listen on loopback until SIGTERM; `ready` is printed once every port is open."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    servers = [
        await loop.create_server(lambda: SMTP(handler, hostname="localhost"), "127.0.0.1", port)
        for port in ports
    ]
    print("ready", flush=True)
    await ended.wait()
    for server in servers:
        server.close()


if __name__ == "__main__":
    asyncio.run(serve([int(port) for port in sys.argv[1:]], Taking()))
