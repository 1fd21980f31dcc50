"""Whether the mail server would take a mail from us."""

import logging

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

logger = logging.getLogger(__name__)


def takes_mail() -> bool:
    """Connect, sign in and name our sender address, without sending anything."""
    connection = get_connection()
    try:
        connection.open()
        if isinstance(connection, EmailBackend) and connection.connection is not None:
            smtp = connection.connection
            smtp.ehlo_or_helo_if_needed()
            code, answer = smtp.mail(sanitize_address(settings.DEFAULT_FROM_EMAIL, "ascii"))
            if code != 250:
                logger.error("The mail server doesn't take our sender address: %s %r", code, answer)
                return False
    except (OSError, UnicodeError) as error:  # every error of smtplib is an OSError
        logger.error("The mail server can't be used: %s", error)
        return False
    finally:
        connection.close()
    return True
