"""Accounts are created by an administrator; there is no sign-up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """allauth adapter with sign-up disabled."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always False."""
        return False
