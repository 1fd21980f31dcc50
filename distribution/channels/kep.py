"""Registered e-mail (KEP): the message leaves through our account; the provider's evidence says what became of it."""

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from distribution.channels import PassingFailure
from distribution.channels.smtp import SmtpChannel


class KepChannel(SmtpChannel):
    """The account of KEP_URL, from the address KEP_FROM."""

    def __init__(self) -> None:
        super().__init__()
        self.sender = settings.KEP_FROM or settings.DEFAULT_FROM_EMAIL

    def connect(self) -> BaseEmailBackend:
        """The KEP provider's server. Raises PassingFailure when no account is set up any more."""
        server = settings.KEP_SERVER
        if server is None:
            raise PassingFailure("No KEP account is set up.")
        return get_connection(
            host=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.starttls,
            use_ssl=server.tls,
        )
