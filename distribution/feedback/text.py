"""Fit external text to a database column."""


def fit(text: str, length: int) -> str:
    """The text cut to the length in characters, without characters that PostgreSQL refuses."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:length]
