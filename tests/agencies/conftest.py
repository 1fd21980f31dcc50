"""The whole shipped directory, for tests of what is peculiar to its size."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import DjangoDbBlocker

from agencies.models import Agency
from tests.directory import whole_directory


@pytest.fixture(scope="class")
def whole(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Callable[[str], Agency]]:
    """The whole directory; call it with a code to have that agency. What a test changes in it is undone after it."""
    with django_db_blocker.unblock(), whole_directory():
        yield lambda code: Agency.objects.get(code=code)
