"""E-mail addresses: one normal form in forms, imports and sending."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, User
from agencies.notation.addresses import AddressRefused, address_doubt, ascii_address, normal_address
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory, manager_of

ONE_READING = {
    "BİLGİ@x.example": "bilgi@x.example",
    "bılgı@x.example": "bilgi@x.example",
    "BILGI@ADALET.GOV.TR": "bilgi@adalet.gov.tr",
    "BİLGİ@İÇİŞLERİ.GOV.TR": "bilgi@içişleri.gov.tr",
    "bilgi@ADALET.GOV.TR.": "bilgi@adalet.gov.tr",
    "bilgi@ıcisleri.gov.tr": "bilgi@icisleri.gov.tr",
    "bilgi@IĞDIR.BEL.TR": "bilgi@ığdır.bel.tr",
    "bi\u0307lgi@x.example": "bilgi@x.example",
    "BI\u0307LGI\u0307@x.example": "bilgi@x.example",
    "\ufeffbilgi@x.example": "bilgi@x.example",
    "bilgi\u200b@x.example\u200e": "bilgi@x.example",
    "bil\u00adgi@x.example": "bilgi@x.example",
    "bilgi@x.example\u00a0": "bilgi@x.example",
    "bilgi@x.example,": "bilgi@x.example",
    "bilgi@x.example;": "bilgi@x.example",
    "mailto:bilgi@x.example?subject=Evrak": "bilgi@x.example",
    "MAİLTO:bilgi@x.example": "bilgi@x.example",
    "<bilgi@x.example>": "bilgi@x.example",
    "Evrak Birimi <bilgi@x.example>": "bilgi@x.example",
    '"Evrak, Birimi" <mailto:bilgi@x.example>;': "bilgi@x.example",
    "bilgi@x.example <bilgi@x.example>": "bilgi@x.example",
    "bilgi@x.example (Evrak)": "bilgi@x.example",
    "“bilgi@x.example”": "bilgi@x.example",
    "bilgi @ x.example": "bilgi@x.example",
    "bilgi＠x.example": "bilgi@x.example",
    "bilgi@x.example bilgi@X.example": "bilgi@x.example",
    "bilgi@xn--iileri-wua57g.example": "bilgi@içişleri.example",
    "evrak.kayit+test@x.example": "evrak.kayit+test@x.example",
    "evrak@posta": "evrak@posta",
    "evrak@kurum.local": "evrak@kurum.local",
}
REFUSED = {
    "": "email",
    "bilgi": "email",
    "@x.example": "email",
    "bilgi@": "email",
    "bilgi..evrak@x.example": "email",
    "bilgi@x..example": "email",
    "bilgi@-x.example": "email",
    "bilgi@[10.0.0.1]": "email",
    "bilgi@b@x.example": "email",
    "bilgi evrak@x.example": "email",
    "bilgi@x example": "email",
    "bilgi@x.example; evrak@x.example": "email_several",
    "bilgi@x.example evrak@x.example": "email_several",
    "bilgi@x.example/evrak@x.example": "email_several",
    "evrak@x.example <bilgi@x.example>": "email_several",
    "müdürlük@x.example": "email_letters",
    "şube@x.example": "email_letters",
    "bіlgi@x.example": "email_letters",  # a Cyrillic i
    "bilgi@ankaralı.example": "email_dotless",
}


@pytest.mark.parametrize(("typed", "meant"), ONE_READING.items(), ids=ascii)
def test_an_address_with_one_reading_is_brought_to_its_normal_form(typed: str, meant: str) -> None:
    assert normal_address(typed) == meant
    assert normal_address(meant) == meant


@pytest.mark.parametrize(("typed", "reason"), REFUSED.items(), ids=ascii)
def test_what_is_not_exactly_one_address_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        normal_address(typed)
    assert refused.value.reason == reason
    assert len(refused.value.message) > 20 and "%(" not in refused.value.message


@pytest.mark.parametrize(
    ("address", "reason", "meant"),
    [
        ("evrak@posta", "email_no_dot", None),
        ("evrak@adalet.gov.rt", "email_typo", "adalet.gov.tr"),
        ("evrak@adalet.gow.tr", "email_typo", "adalet.gov.tr"),
        ("evrak@adalet.gov.tr.tr", "email_typo", "adalet.gov.tr"),
        ("evrak@adaletgov.tr", "email_typo", "adalet.gov.tr"),
        ("evrak@adalet.govtr", "email_typo", "adalet.gov.tr"),
        ("evrak@www.adalet.gov.tr", "email_typo", "adalet.gov.tr"),
        ("evrak@gmial.com", "email_typo", "gmail.com"),
        ("evrak@hotmail.con", "email_typo", "hotmail.com"),
        ("kurum@hs01.kep.t", "email_typo", "hs01.kep.tr"),
    ],
)
def test_a_domain_without_a_dot_or_with_a_typing_error_is_doubted(
    address: str, reason: str, meant: str | None
) -> None:
    doubt = address_doubt(address)
    assert doubt is not None
    assert (doubt.reason, doubt.named.get("meant")) == (reason, meant)


@pytest.mark.parametrize(
    "domain", ["adalet.gov.tr", "gov.tr", "bel.tr", "ankara.edu.tr", "firma.com", "firma.com.tr", "go.com.tr"]
)
def test_an_ordinary_domain_is_not_doubted(domain: str) -> None:
    assert address_doubt(f"evrak@{domain}") is None


def test_for_a_server_the_domain_is_in_ascii() -> None:
    assert ascii_address("bilgi@içişleri.example") == "bilgi@xn--iileri-wua57g.example"
    assert ascii_address("BİLGİ@x.example") == "bilgi@x.example"
    with pytest.raises(AddressRefused):
        ascii_address("müdür@x.example")


@pytest.mark.django_db
class TestForms:
    """The same normal form and the same reasons on every form with an address."""

    def test_a_unit_s_contact_form_keeps_the_normal_form(self, signed_in: SignIn) -> None:
        agency = AgencyFactory()
        typed = {"email": "BİLGİ@x.example\u200b", "kep_address": "Kurum <KURUM@hs01.kep.tr>"}
        signed_in(manager_of(agency)).post(reverse("agency_contact", args=[agency.pk]), typed)
        agency.refresh_from_db()
        assert (agency.email, agency.kep_address) == ("bilgi@x.example", "kurum@hs01.kep.tr")

    def test_a_refused_address_is_reported_at_its_field_and_stays_typed(
        self, signed_in: SignIn, english: Client
    ) -> None:
        agency = AgencyFactory(email="eski@x.example")
        response = signed_in(manager_of(agency)).post(
            reverse("agency_contact", args=[agency.pk]), {"email": "şube@x.example", "phone": "0312"}
        )
        page = response.content.decode()
        assert "Before the @ stands “ş”" in page and 'value="şube@x.example"' in page
        agency.refresh_from_db()
        assert agency.email == "eski@x.example"

    def test_a_doubtful_domain_is_saved_and_pointed_out(self, signed_in: SignIn, english: Client) -> None:
        agency = AgencyFactory()
        response = signed_in(manager_of(agency)).post(
            reverse("agency_contact", args=[agency.pk]), {"email": "evrak@adalet.gov.rt"}, follow=True
        )
        assert "Perhaps “adalet.gov.tr” is meant." in response.content.decode()
        agency.refresh_from_db()
        assert agency.email == "evrak@adalet.gov.rt"

    def test_an_administrator_s_forms_keep_the_normal_form(self, signed_in: SignIn) -> None:
        for row in (AgencyFactory.build(email="BİLGİ@x.example"), UserFactory.build(email="BİLGİ@x.example")):
            row.full_clean(exclude={"search_key", "match_key", "dative_key", "sort_key", "path"})
            assert row.email == "bilgi@x.example"


@pytest.mark.django_db
class TestSignInNames:
    """Caps Lock on a Turkish keyboard types İ for i and I for ı; a person is known by the name all the same."""

    @pytest.mark.parametrize(
        "typed",
        [
            "icisleri.yonetici",
            "İCİSLERİ.YONETİCİ",
            "ICISLERI.YONETICI",
            "ıcıslerı.yonetıcı",
            "I\u0307cisleri.yonetici",
            " icisleri.yonetici\u200b",
            "BİLGİ@İL.example",
            "bılgı@il.example",
        ],
    )
    def test_whichever_i_is_typed(self, client: Client, typed: str) -> None:
        UserFactory(username="icisleri.yonetici", email="bilgi@il.example")
        sign_in = {"login": typed, "password": "sinama-parolasi"}
        assert client.post(reverse("account_login"), sign_in).status_code == 302

    def test_capitals_beyond_ascii_are_folded_as_well(self, client: Client) -> None:
        UserFactory(username="gülşah.çığ")
        sign_in = {"login": "GÜLŞAH.ÇIĞ", "password": "sinama-parolasi"}
        assert client.post(reverse("account_login"), sign_in).status_code == 302

    def test_a_name_that_exists_as_typed_is_always_that_one(self, client: Client) -> None:
        dotted, dotless = UserFactory(username="halil"), UserFactory(username="halıl")
        for user in (dotted, dotless):
            client.post(reverse("account_login"), {"login": user.username, "password": "sinama-parolasi"})
            assert client.session["_auth_user_id"] == str(user.pk)
            client.logout()

    def test_a_name_that_may_be_two_people_is_nobody(self, client: Client) -> None:
        UserFactory(username="halil"), UserFactory(username="halıl")
        response = client.post(reverse("account_login"), {"login": "HALİL", "password": "sinama-parolasi"})
        assert response.status_code == 200

    def test_a_password_is_reset_by_the_address_whichever_i_is_typed(
        self, client: Client, mailoutbox: list[object]
    ) -> None:
        UserFactory(email="bilgi@il.example")
        for typed in ("BILGI@il.example", "BİLGİ@il.example", "bılgı@il.example"):
            client.post(reverse("account_reset_password"), {"email": typed})
        assert len(mailoutbox) == 3

    def test_an_administrator_can_t_add_a_name_that_differs_only_in_i(self, signed_in: SignIn) -> None:
        UserFactory(username="icisleri")
        client = signed_in(UserFactory(is_staff=True, is_superuser=True))
        form = {"username": "ıcisleri", "password1": "uzun-bir-parola-1", "password2": "uzun-bir-parola-1"}
        response = client.post("/admin/agencies/user/add/", form | {"usable_password": "true"})
        assert response.status_code == 200
        assert not User.objects.filter(username="ıcisleri").exists()
        assert Agency.objects.count() == 0


@pytest.mark.parametrize(
    "typed",
    [*ONE_READING, "evrak@xn--spir-kza.bel.tr", "evrak@xn--sparta-o9a.com", "evrak@xn--evre-zoa.gov.tr"],
)
def test_the_normal_form_means_the_same_when_it_is_read_again(typed: str) -> None:
    normal = normal_address(typed)

    assert normal_address(normal) == normal
    assert ascii_address(normal) == ascii_address(typed)
    if typed.isascii() and "xn--" in typed:
        assert ascii_address(normal) == typed
