"""The message after notices were sent again at a user's request."""

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.views.acting import ActingRequest


def say_retried(request: ActingRequest, count: int) -> None:
    """Say how many notices leave."""
    if not count:
        messages.warning(
            request, _("No notice can be sent: none has failed, and no unit without one has an address.")
        )
        return
    message = ngettext("%(count)d notice will be sent.", "%(count)d notices will be sent.", count)
    messages.success(request, message % {"count": count})
