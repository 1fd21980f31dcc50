"""Accounts are created by an administrator; there is no sign-up."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMessage
from django.http import HttpRequest

from agencies.models import User
from agencies.services.account_mail import account_message_id

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

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """The mail, with a Message-ID by which it is recognised if it comes back."""
        person = context.get("user")
        headers = dict(headers or {})
        if isinstance(person, User) and person.email == email:
            headers["Message-ID"] = account_message_id(person)
        mail: EmailMessage = super().render_mail(template_prefix, email, context, headers)
        return mail
