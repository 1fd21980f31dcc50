"""A TLS server on loopback with a certificate that nobody vouches for."""

import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Listening:
    """Its port, and what a client said to it through TLS."""

    port: int
    heard: bytes = b""


@contextmanager
def unvouched_server() -> Iterator[Listening]:
    """Take one connection. A client that checks certificates says nothing to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(_self_signed(Path(folder) / "server.pem"))
    listener = socket.create_server(("127.0.0.1", 0))
    listening = Listening(listener.getsockname()[1])

    def serve() -> None:
        with suppress(OSError):
            plain, _address = listener.accept()
            plain.settimeout(5)
            with plain, context.wrap_socket(plain, server_side=True) as talk:
                talk.sendall(b"* OK 220 ready\r\n")
                listening.heard = talk.recv(1000)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield listening
    listener.close()
    thread.join(10)


def _self_signed(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + certificate.public_bytes(pem))
    return path
