"""Which refusals say that nobody is reached at an address, in the words of real servers."""

import pytest

from distribution.outbox.channels.no_mailbox import says_no_mailbox

NOBODY = [
    "550 5.1.1 <bilgi@kurum.example>: Recipient address rejected: User unknown in virtual mailbox table",
    "550 5.1.1 <x@kurum.example>: Recipient address rejected: User unknown in relay recipient table",
    "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [DB5.prod.outlook.com]",
    "550 5.4.310 DNS domain kurum.example does not exist [Message=InfoDomainNonexistent]",
    "550 No such user here",
    "550 Unknown recipient",
    "550 Invalid recipient <x@kurum.example>",
    "554 delivery error: dd This user doesn't have a yahoo.com account (x@yahoo.com) [0]",
    "550 5.2.1 The email account that you tried to reach is disabled.",
    "550 5.5.0 Requested action not taken: mailbox x@kurum.example does not exist",
    "5.1.2 Host or domain name not found. Name service error for name=kurum.example type=A: Host not found",
    "550 sorry, no mailbox here by that name. (#5.1.1)",
    "550 5.0.0 Kullanıcı bulunamadı",
    "553 5.3.0 <x@kurum.example>... No such user here",
    "550 Unrouteable address",
    "550 #5.1.0 Address rejected.",
    "550 <x@kurum.example>: Recipient address rejected: User unknown in relay recipient table",
    "550 5.7.1 No such user!",
    "550 mailbox unavailable or not local",
    "550 e-posta adresi bulunamadı",
    "550 böyle bir kullanıcı hesabı yok",
    "550 Posta kutusu kullanım dışı",
    "550 5.2.1 Posta kutusu kullanımdışıdır",
    "550 Hesap askıya alındı",
    "550 5.0.0 Bu hesap devre dışı bırakılmıştır",
    "550 Adres iptal edilmiştir",
    "550 geçersiz alıcı",
    "550 Alıcı pasif durumda",
    "X-Notes; User evrak (evrak@kurum.example) not listed in Domino Directory",
    "X-Notes; 550 User evrak not listed in public Name & Address Book",
    "550 This account has been suspended",
    "550 5.0.0 The mailbox has been deleted",
    "550 Empfänger unbekannt",
    "550 5.1.1 Das Postfach existiert nicht",
]
SOMETHING_ELSE = [
    "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages",
    "550 5.7.1 <mail.bakanlik.example>: Helo command rejected: Host not found",
    "552 Kullanıcı posta kutusunda yer yok",
    "550 Alıcı grubuna yazma yetkiniz yok",
    "550 5.7.1 Recipient has disabled external mail",
    "550 5.7.1 Client host rejected: cannot find your hostname",
    "552 5.2.2 Mailbox full",
    "550 5.2.2 user is over quota, mailbox not found in quota table",
    "554 5.7.1 <x@kurum.example>: Relay access denied",
    "550 5.7.1 Unauthenticated email from kurum.example is not accepted due to domain's DMARC policy",
    "550 5.7.1 Message rejected due to content restrictions",
    "552 5.3.4 Message size exceeds fixed maximum message size",
    "550 5.1.8 Sender address rejected: Domain not found",
    "550 5.1.7 <bildirim@gonderen.example>: Sender address rejected: undeliverable address: user unknown",
    "550 Requested action not taken: mailbox unavailable",
    "554 5.4.0 Error: too many hops",
    "450 4.1.1 <x@kurum.example>: Recipient address rejected: unverified address",
    "550 Verification failed for sender: no such user",
    "550 Gönderen adresi bulunamadı",
    "550 Gönderici hesabı askıya alındı",
    "550 5.7.1 Sender account suspended",
    "552 5.2.2 Postfach voll, Kontingent erreicht",
    "554 5.6.1 Body type not supported",
    "",
]


@pytest.mark.parametrize("words", NOBODY)
def test_nobody_is_reached_there(words: str) -> None:
    assert says_no_mailbox(words)


@pytest.mark.parametrize("words", SOMETHING_ELSE)
def test_something_else_is_wrong(words: str) -> None:
    assert not says_no_mailbox(words)


def test_the_status_of_a_report_comes_before_its_words() -> None:
    assert says_no_mailbox("smtp; 550 refused", status="5.1.1")
    assert not says_no_mailbox("smtp; 550 5.1.1 user unknown", status="5.2.2")
