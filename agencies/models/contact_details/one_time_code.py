"""One-time codes of six digits, derived from their row and the secret key instead of stored."""

from django.utils.crypto import salted_hmac


def six_digits(purpose: str, row: str) -> str:
    """The code of a row: an HMAC under the secret key, so that it can't be read from a database dump."""
    digest = salted_hmac(purpose, row, algorithm="sha256").digest()
    return f"{int.from_bytes(digest, 'big') % 10**6:06d}"
