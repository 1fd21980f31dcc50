"""E-mail through the relay that EMAIL_URL names."""

from distribution.outbox.channels.smtp import SmtpChannel


class EmailChannel(SmtpChannel):
    """The usual way out."""
