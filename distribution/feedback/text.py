"""Texts from outside, as a column holds them."""


def fit(text: str, length: int) -> str:
    """The text cut to the length in characters, without signs that the database refuses."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:length]
