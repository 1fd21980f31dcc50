"""The second step of a person's sign-in, as administrators see it."""

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _


class SecondStep(Authenticator):
    """An authenticator app or the recovery codes of a person. The sign-in library names its model in English only."""

    class Meta:
        proxy = True
        ordering = ["user", "type"]
        verbose_name = _("method of two-step sign-in")
        verbose_name_plural = _("methods of two-step sign-in")
