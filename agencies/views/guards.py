"""Who may change the directory and what holds for all: administrators, and people marked as keeping it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponseBase

from agencies.views.acting import ActingRequest

View = Callable[..., HttpResponseBase]


def for_keepers(view: View) -> View:
    """The page is there for those who keep the directory; for everybody else it isn't found."""

    @wraps(view)
    def guarded(request: ActingRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.may_keep_directory:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def for_administrators(view: View) -> View:
    """The page is there for administrators; for everybody else it isn't found."""

    @wraps(view)
    def guarded(request: ActingRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_superuser:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
