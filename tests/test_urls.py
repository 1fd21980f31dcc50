"""Every address of ours needs a login. Public are only the login pages of allauth and the language switch."""

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

PUBLIC = {"post_bounce"}
"""A mail server posts a returned mail and shows the agreed word (test_mailbox.py)."""

VALUES = {"page": 1, "letter": uuid.uuid4(), "delivery": uuid.uuid4(), "pk": 1, "agency": 1}


def own_patterns() -> Iterator[URLPattern]:
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and str(resolver.pattern) == "":
            yield from (pattern for pattern in resolver.url_patterns if isinstance(pattern, URLPattern))


def test_only_what_is_listed_as_public_is_open_without_a_login() -> None:
    opened = {
        pattern.name for pattern in own_patterns() if not getattr(pattern.callback, "login_required", True)
    }
    assert opened == PUBLIC


@pytest.mark.django_db
@pytest.mark.parametrize(
    "pattern",
    [each for each in own_patterns() if each.name not in PUBLIC],
    ids=lambda pattern: str(pattern.name),
)
def test_without_a_login_one_is_sent_to_the_login_page(client: Client, pattern: URLPattern) -> None:
    path = "/" + str(pattern.pattern)
    for converter in pattern.pattern.converters:
        for kind in ("uuid", "int"):
            path = path.replace(f"<{kind}:{converter}>", str(VALUES[converter]))

    for response in (client.get(path), client.post(path)):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")
