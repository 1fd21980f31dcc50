"""Endpoint to which a mail server posts returned mail."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from distribution.feedback.returned_mail import receive_mail

LARGEST = 10 * 1024 * 1024
"""Maximum size of a request, in bytes."""


@csrf_exempt
@login_not_required
@require_POST
def post_bounce(request: HttpRequest) -> HttpResponse:
    """Accept one raw mail (message/rfc822) from a mail server that sends the configured token.

    404 if no token is configured, 401 for a wrong token, 415 for another content type, 413 above LARGEST.
    """
    if not settings.BOUNCE_TOKEN:
        raise Http404
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.BOUNCE_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    if request.content_type != "message/rfc822":
        return HttpResponse(status=415)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    returned = receive_mail(raw=request.body, at=timezone.now())
    return JsonResponse({"verdict": returned.verdict, "matched": returned.notice_id is not None})
