"""View decorators that restrict pages to administrators or directory administrators."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponseBase

from agencies.views.acting import ActingRequest

View = Callable[..., HttpResponseBase]


def for_directory_administrators(view: View) -> View:
    """Restrict the view to directory administrators; 404 for anybody else."""

    @wraps(view)
    def guarded(request: ActingRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.may_maintain_directory:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def for_administrators(view: View) -> View:
    """Restrict the view to administrators; 404 for anybody else."""

    @wraps(view)
    def guarded(request: ActingRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_superuser:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
