"""`python -m benchmarks.faults.bad_server LOG PORT ...`: an SMTP server that injects faults.

It answers 20 % of the mails with 451 on the first attempts, drops 5 % of the connections after DATA, and rejects
1 % of the addresses with 550. Each line of the log holds time, port, outcome, address and Message-ID. A mail
whose connection was dropped has been received in full, which the sender can't know.
"""

import asyncio
import random
import signal
import sys
import time
from collections import Counter
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Any, TextIO
from zlib import crc32

from aiosmtpd.smtp import SMTP, Envelope, Session

REFUSED, DROPPED, REJECTED = 0.20, 0.05, 0.01
MOST_REFUSALS = 2
"""Maximum number of 451 answers for one mail, fewer than the attempts after which a notice fails."""


def is_rejected(address: str) -> bool:
    """Whether the server rejects this address permanently: one in a hundred."""
    return crc32(address.encode()) % 100 < REJECTED * 100


class Bad:
    """The aiosmtpd handler of one port."""

    def __init__(self, port: int, log: TextIO, refusals: Counter[str], dice: random.Random) -> None:
        self.port = port
        self.log = log
        self.refusals = refusals
        self.dice = dice

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        content: Any = envelope.content
        message_id = message_from_bytes(content)["Message-ID"]
        if is_rejected(address):
            self._say("rejected", address, message_id)
            return "550 No such user"
        if self.dice.random() < REFUSED and self.refusals[message_id] < MOST_REFUSALS:
            self.refusals[message_id] += 1
            self._say("refused", address, message_id)
            return "451 Try again later"
        if self.dice.random() < DROPPED and self.refusals[message_id] < MOST_REFUSALS:
            self.refusals[message_id] += 1
            self._say("dropped", address, message_id)
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return "421 Going away"
        self._say("taken", address, message_id)
        return "250 OK"

    def _say(self, word: str, address: str, message_id: str) -> None:
        print(f"{time.time():.6f} {self.port} {word} {address} {message_id}", file=self.log, flush=True)


async def main(log: Path, ports: list[int]) -> None:
    """Listen on loopback until SIGTERM; `ready` is printed once every port is open."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    refusals: Counter[str] = Counter()
    dice = random.Random(4)
    with log.open("w", encoding="utf-8") as lines:
        for port in ports:
            handler = Bad(port, lines, refusals, dice)
            await loop.create_server(partial(SMTP, handler, hostname="localhost"), "127.0.0.1", port)
        print("ready", flush=True)
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
