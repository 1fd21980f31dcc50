"""Accounts are given by an administrator; nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: a person must first be known to act for an agency."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False
