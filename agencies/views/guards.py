"""Who may change the directory and what holds for all: administrators, and directory administrators."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponseBase

from agencies.views.acting import ActingRequest

View = Callable[..., HttpResponseBase]


def for_directory_administrators(view: View) -> View:
    """The page is there for those who maintain the directory; for everybody else it isn't found."""

    @wraps(view)
    def guarded(request: ActingRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.may_maintain_directory:
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
