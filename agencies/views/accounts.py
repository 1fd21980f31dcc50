"""Accounts are created by an administrator; there is no sign-up."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

logger = logging.getLogger(__name__)


class ClosedAccountAdapter(DefaultAccountAdapter):
    """allauth adapter with sign-up disabled."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always False."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about the account. An error is logged: the page must not tell whether the address is known."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, UnicodeError) as error:  # every error of smtplib is an OSError
            logger.error("A mail about an account could not be sent: %s", error)
