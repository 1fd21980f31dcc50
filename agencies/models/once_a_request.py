"""Answers of the database that hold for a whole request are asked for once."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

_known: ContextVar[dict[Hashable, object] | None] = ContextVar("known", default=None)


@contextmanager
def one_request() -> Iterator[None]:
    """Until the end of the block, functions with `once_a_request` answer from memory what they have been asked."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def once_a_request(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Remember the function's answers, by its hashable arguments, until the end of the request.

    Outside a request, in commands and tasks, each call asks anew. For what a service decides by under a lock it isn't
    meant: that asks for itself.
    """

    @wraps(function)
    def asked(*given: Given.args, **named: Given.kwargs) -> Answer:
        known = _known.get()
        if known is None:
            return function(*given, **named)
        key = (function, given, tuple(sorted(named.items())))
        if key not in known:
            known[key] = function(*given, **named)
        return known[key]  # type: ignore[return-value]

    return asked
