"""A form that was sent and not carried out, kept in the session of the person who sent it, and its page.

Kept is the form that somebody sends after the session has ended or with a token of an earlier sign-in, and the form
that was refused (its page is the answer to a POST, so a language switch or a typed address would lose it). It is shown
with one button that sends it. Texts that are marked Gizli may not be stored and aren't kept, nor are passwords.
"""

import json
import re
import time
from collections.abc import Iterator
from typing import Any, NotRequired, TypedDict
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.services.kept_files import FIELD, KeptFile, KeptFiles, kept_in, parts_of
from circulars.models.choices import is_marked_gizli
from config.unsent_forms.posted_forms import posted_form_at, posted_form_of

KEPT = "unsent_form"
"""Key of the session."""

KEPT_FOR = 3600
"""Seconds."""

LARGEST = 200_000
"""Characters of a form; a longer one is not kept."""

REFUSED = "refused"
"""Why it is kept: the answer was a page and nothing was carried out. Else nothing was tried."""

TOKEN = "csrfmiddlewaretoken"
SECRETS = ("password", "otp")
"""Parts of the names of fields; a form that has one is not kept."""

CHOOSE_AGAIN = "choose_again"
"""Inputs of the page that name the fields whose files are to be chosen again."""

WITHOUT_FILES = "without_files"
"""Button that sends the form without those files."""

OF_THE_PAGE = (TOKEN, FIELD, CHOOSE_AGAIN, WITHOUT_FILES)
"""Names that are no values of the form."""

TECHNICAL = re.compile(
    r"(version|digest)_read|content_digest|stamp(_.+)?|(number_)?seen|asked_about|editing|choice|query|next|listed"
    r"|shown_ids|of_unit"
)
"""Names of hidden fields whose values no person has typed: versions, and what the page showed."""

CHOICE_OR_ID = re.compile(r"[a-z_]+|\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What a person typed in such a form is kept but not shown."""


class UnsentForm(TypedDict):
    """A form as it was sent: the address, the page it stood on, its values and the names of its files by field."""

    person: int
    at: float
    why: NotRequired[str]
    path: str
    page: str
    values: list[tuple[str, list[str]]]
    files: list[tuple[str, list[str]]]


def keep(request: HttpRequest, person: int, why: str = "") -> bool:
    """Keep the form in the session. Returns False if it may not be kept or is too large."""
    form = form_of(request, person, why)
    if form is None:
        return False
    request.session[KEPT] = form
    return True


def form_of(request: HttpRequest, person: int, why: str = "") -> UnsentForm | None:
    """The request as a form to keep for a person; None if it may not be kept or is too large."""
    if not may_be_kept(request):
        return None
    kept_files: KeptFiles | None = getattr(request, "kept_files", None)
    values = [(name, values) for name, values in request.POST.lists() if name not in OF_THE_PAGE]
    again = request.POST.getlist(FIELD) if kept_files is None else kept_files.offered()
    if again:
        values.append((FIELD, again))
    files = []
    for name, uploads in request.FILES.lists():
        chosen = [
            each.name
            for each in uploads
            if each.name
            and not isinstance(each, KeptFile)
            and not (kept_files and kept_files.is_offered(each))
        ]
        if chosen:
            files.append((name, chosen))
    form: UnsentForm = {
        "person": person,
        "at": time.time(),
        "why": why,
        "path": request.get_full_path(),
        "page": _own_page(request) if why == REFUSED else page_of_form(request),
        "values": values,
        "files": files,
    }
    return form if len(json.dumps(form, ensure_ascii=False)) <= LARGEST else None


def may_be_kept(request: HttpRequest) -> bool:
    """Whether it is a form of a page, without secrets and without a classified text."""
    if request.path.startswith(resolve_url("account_login").removesuffix("login/")):
        return False
    if any(part in name.lower() for part in SECRETS for name in request.POST):
        return False
    return not any(is_marked_gizli(value) for _name, values in request.POST.lists() for value in values)


def is_for(form: UnsentForm, person: int) -> bool:
    """Whether the form is this person's and is still kept."""
    return form["person"] == person and form["at"] >= time.time() - KEPT_FOR


def kept_at(request: HttpRequest) -> UnsentForm | None:
    """The kept form if it is the signed-in person's and was sent to the address of this request."""
    form: UnsentForm | None = request.session.get(KEPT)
    if form is None or request.user.pk is None or not is_for(form, request.user.pk):
        return None
    return form if form["path"].partition("?")[0] == request.path else None


def page_asking(request: HttpRequest) -> str:
    """Path of the page that asked for a part of itself by htmx; "" for a request of another kind."""
    return _own_path(request, request.headers.get("HX-Current-URL", ""))


def page_of_form(request: HttpRequest) -> str:
    """Path of the page that the form stood on; the start page if the browser doesn't say."""
    return _own_path(request, request.headers.get("Referer", "")) or resolve_url("home")


def _own_path(request: HttpRequest, page: str) -> str:
    """The path of an address of this site that shows a page; "" for any other address."""
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(page)
    if parts.path.startswith("//"):  # would be another site as a relative address
        return ""
    found = posted_form_at(parts.path)
    if found and (own := found[0].page_path(found[1], request.user.pk)):
        return own  # the page was the answer to a refused form
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def typed(values: list[tuple[str, str]]) -> Iterator[str]:
    """The values that show a person which form it was: no empty ones, ids, ticks, choices and hidden fields."""
    for name, value in values:
        words = value.strip()
        if TECHNICAL.fullmatch(name):
            continue
        if len(words) > 1 and not CHOICE_OR_ID.fullmatch(words):
            yield words


def lacks_files(request: HttpRequest) -> bool:
    """Whether the page of the kept form sends it without files that it asked for, and no button said so."""
    asked = request.POST.getlist(CHOOSE_AGAIN)
    return WITHOUT_FILES not in request.POST and any(name not in request.FILES for name in asked)


@require_safe
def unsent_form(request: HttpRequest) -> HttpResponse:
    """What was sent and not carried out, on which letter or unit, with a button that sends it."""
    form: UnsentForm | None = request.session.get(KEPT)
    if form is None or request.user.pk is None or not is_for(form, request.user.pk):
        request.session.pop(KEPT, None)
        messages.info(request, _("There is nothing left to send."))
        return redirect("home")
    hidden = [(name, value) for name, values in form["values"] if name != FIELD for value in values]
    shown = list(typed(hidden))
    files, words = _files(request, form), _words(request, form)
    needed = {name for name, _names in files["files"]} & set(words.get("needs", ())) - files["kept_fields"]
    context = {
        "form": form,
        "was_refused": form.get("why") == REFUSED,
        "hidden": hidden,
        "typed": shown,
        "has_choices": len(shown) < sum(bool(value.strip()) for _name, value in hidden),
        "kept_name": FIELD,
        "choose_again_name": CHOOSE_AGAIN,
        "without_files_name": "" if needed else WITHOUT_FILES,
        **files,
        **words,
    }
    return render(request, "unsent_form.html", context)


def _files(request: HttpRequest, form: UnsentForm) -> dict[str, Any]:
    """Files that are still kept, and the names of those to choose again by field."""
    alive = kept_in(request.session, at=timezone.now())
    again = [value for name, values in form["values"] if name == FIELD for value in values]
    choose: dict[str, list[str]] = {name: list(names) for name, names in form["files"]}
    for value in again:
        if value not in alive:
            field, _token, name = parts_of(value)
            choose.setdefault(field, []).append(name)
    return {
        "kept": [(value, parts_of(value)[2]) for value in again if value in alive],
        "kept_fields": {parts_of(value)[0] for value in again if value in alive},
        "files": list(choose.items()),
    }


def _words(request: HttpRequest, form: UnsentForm) -> dict[str, Any]:
    """What the form does and on what, as far as the person may see it."""
    found = posted_form_at(form["path"])
    if found is None:
        return {}
    posted, values = found
    about = posted.about(request.user, values, dict(form["values"]))  # type: ignore[arg-type]
    return {"does": posted.does, "about": [each for each in about if each], "needs": posted.needs}


def _own_page(request: HttpRequest) -> str:
    found = posted_form_of(request.resolver_match)
    return (found[0].page_path(found[1], request.user.pk) if found else "") or request.get_full_path()
