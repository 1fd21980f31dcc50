"""Wrong codes are counted for a day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from distribution.links import Link, link_token, read_link
from distribution.models import Delivery, LinkCode
from distribution.services.by_link.acknowledge_by_link import Result, acknowledge_by_link
from distribution.services.by_link.link_codes import TRIES_IN_A_DAY, request_code
from tests.factories import AgencyFactory, dispatched_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def link() -> Link:
    dispatched_to(AgencyFactory(), at=timezone.now())
    return read_link(link_token(Delivery.objects.get(), at=timezone.now()), at=timezone.now())


def try_code(link: Link, code: str) -> Result:
    answer = acknowledge_by_link(
        link=link, code=code, at=timezone.now(), name="Ayşe KAYA", job_title="Memur", register_number=""
    )
    return answer.result


def test_wrong_codes_of_yesterday_count_no_longer(link: Link) -> None:
    then = timezone.now() - timedelta(days=1, minutes=1)
    for number in range(TRIES_IN_A_DAY):
        LinkCode.objects.create(
            delivery=Delivery.objects.get(), address="birim@ornek.example", tries=1,
            created_at=then - timedelta(hours=number), expires_at=then,
        )  # fmt: skip

    code = request_code(link=link, at=timezone.now())

    wrong = f"{(int(code.digits) + 1) % 10**6:06d}"
    assert try_code(link, wrong) == Result.WRONG_CODE
    assert try_code(link, code.digits) == Result.CONFIRMED


def test_wrong_codes_of_today_use_the_attempts_up(link: Link) -> None:
    now = timezone.now()
    code = request_code(link=link, at=now)
    LinkCode.objects.create(
        delivery=Delivery.objects.get(), address="birim@ornek.example", tries=TRIES_IN_A_DAY,
        created_at=now - timedelta(hours=23), expires_at=now,
    )  # fmt: skip

    assert try_code(link, code.digits) == Result.NO_CODE
