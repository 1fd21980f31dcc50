"""Fit external text to the database."""


def storable(text: str) -> str:
    """The text without characters that PostgreSQL refuses in a column or in JSON: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def fit(text: str, length: int) -> str:
    """The storable text cut to the length in characters."""
    return storable(text)[:length]
