"""Every address of ours needs a login. Public are only the login pages of allauth and the language switch."""

import re
import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from agencies.models import Role
from config.unsent_forms.posted_forms import posted_form_at
from tests.conftest import SignIn
from tests.factories import AgencyFactory, MembershipFactory, UserFactory

LINKS = {
    "link", "link_file", "link_page", "link_files", "link_attachment", "link_due", "return_by_link",
    "answer_by_link", "ask_extension_by_link", "ask_take_back_by_link", "stop_mails",
}  # fmt: skip
"""They ask for a signed link instead (tests/distribution/by_link/test_links.py)."""

PUBLIC = {"post_bounce", *LINKS}
"""A mail server posts a returned mail and shows the agreed word (test_mailbox.py)."""

VALUES = {
    "page": 1,
    "letter": uuid.uuid4(),
    "delivery": uuid.uuid4(),
    "pk": 1,
    "agency": 1,
    "token": "uydurma",
    "extension": uuid.uuid4(),
    "asked": uuid.uuid4(),
    "file": uuid.uuid4(),
    "editing": uuid.uuid4(),
    "reading": uuid.uuid4(),
    "channel": "uydurma",
    "kind": "uydurma",
}


def own_patterns() -> Iterator[URLPattern]:
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and str(resolver.pattern) == "":
            yield from (pattern for pattern in resolver.url_patterns if isinstance(pattern, URLPattern))


def example_of(pattern: URLPattern) -> str:
    path = "/" + str(pattern.pattern)
    for converter in pattern.pattern.converters:
        for kind in ("uuid", "int", "str"):
            path = path.replace(f"<{kind}:{converter}>", str(VALUES[converter]))
    return path


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
    path = example_of(pattern)

    for response in (client.get(path), client.post(path)):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "pattern",
    [each for each in own_patterns() if each.pattern.converters and each.name not in LINKS],
    ids=lambda pattern: str(pattern.name),
)
def test_an_address_of_a_thing_that_does_not_exist_is_not_found_and_no_error(
    signed_in: SignIn, pattern: URLPattern
) -> None:
    """For a person with every role, so that no page answers before it has looked for the thing."""
    person = UserFactory(is_superuser=True, is_staff=True)
    for role in Role:
        MembershipFactory(user=person, role=role, agency=AgencyFactory())
    client, path = signed_in(person), example_of(pattern)
    for number in re.findall(r"(?<=/)1(?=/|$)", path):
        path = path.replace(f"/{number}/", "/999999999/")

    read = client.get(path)
    if read.status_code == 302:  # an address that only takes a form leads to the page of its form
        assert posted_form_at(path) is not None
        assert client.options(path)["Allow"] == "POST"
    else:
        assert read.status_code in (404, 405)
    assert client.post(path, {"agency": "999999999"}).status_code in (404, 405)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(LINKS))
def test_a_link_opens_nothing_without_its_signature(client: Client, name: str) -> None:
    [pattern] = [pattern for pattern in own_patterns() if pattern.name == name]
    assert client.get(example_of(pattern)).status_code == 404
    assert client.post(example_of(pattern)).status_code == 404
