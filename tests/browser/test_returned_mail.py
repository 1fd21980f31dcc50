"""A sender reads a reply and a report that nobody understood, and says what they mean."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role, User
from distribution.feedback.returned_mail import read_returned_mail
from distribution.models import AnswerDocument, Notice, NoticeState
from tests.distribution import reports
from tests.factories import claimed, dispatched_to, left

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reply_is_kept_and_a_report_is_marked_as_failed(
    page: Page, site: str, people: Callable[..., User], sign_in: Callable[[str], None]
) -> None:
    people("gonderen", "calisma-uluslararasi-isgucu", Role.SENDER)
    issuer = Agency.objects.get(code="calisma-uluslararasi-isgucu")
    told = []
    for code in ("valilik-01", "valilik-02"):
        dispatched_to(Agency.objects.get(code=code), issuer=issuer, at=timezone.now())
        told.append(claimed())
        left(told[-1])
    answered, failed = told
    for raw in (
        reports.person(answered.address, answered.message_id),
        reports.dsn(failed.message_id, failed.address, action="bilinmiyor"),
    ):
        read_returned_mail(raw=raw, at=timezone.now())

    sign_in("gonderen")
    page.goto(f"{site}/letters/")
    page.locator("main a[href='/returned/']").first.click()
    mails = page.locator("#mails li.list-group-item")
    expect(mails).to_have_count(2)
    reply = mails.filter(has_text="Yazıyı aldık, teşekkür ederiz.")
    expect(reply).to_contain_text("Adana Valiliği")
    reply.get_by_role("button", name="Bu yazının cevabı").click()
    expect(mails).to_have_count(1)
    mails.get_by_role("button", name="Teslim edilemedi").click()
    expect(mails).to_have_count(0)

    assert AnswerDocument.objects.get().delivery == answered.delivery
    assert Notice.objects.get(pk=failed.pk).state == NoticeState.FAILED
    page.go_back()
    page.reload()
    expect(page.locator("#mails")).to_contain_text("Burada bekleyen")
