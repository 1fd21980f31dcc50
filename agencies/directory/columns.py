"""The columns of a directory file, shared by export and import.

Exported headings are Turkish whatever the interface language, so that every export can be imported.
An import also accepts field names and English headings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from agencies.models import Agency, AgencyKind
from agencies.turkish import search_key

REPORT_HEADINGS = ("Satır", "Sorun")
"""Extra columns of a file of bad rows; an import ignores them."""
YES, NO = "evet", "hayır"
IDENTITY = "id:"
"""Prefix of the reference to an agency without a code, followed by its id; valid in this installation only."""


@dataclass(frozen=True)
class Column:
    """One column: the field of an import row, its heading, the permitted values, and the exported value.

    `aliases` are further headings that an import accepts. With `keeps_when_empty`, an empty cell leaves the
    stored value unchanged.
    """

    field: str
    heading: str
    aliases: tuple[str, ...]
    about: str | Promise
    exported: Callable[[Agency], object]
    keeps_when_empty: bool = False


def reference(agency: Agency | None) -> str:
    """The reference to an agency in a file: its code, else its number with a prefix."""
    if agency is None:
        return ""
    return agency.code or f"{IDENTITY}{agency.pk}"


@cache
def kind_words() -> dict[str, str]:
    """The exported label of each kind."""
    with override("tr"):
        return {kind.value: str(kind.label) for kind in AgencyKind}


def _day(day: date | None) -> str:
    return day.strftime("%d.%m.%Y") if day else ""


COLUMNS = (
    Column(
        "code",
        "Kod",
        ("code", "kurum kodu", "birim kodu"),
        _("What the agency is known by in files: a–z, 0–9, - and _."),
        reference,
        keeps_when_empty=True,
    ),
    Column(
        "name",
        "Ad",
        ("name", "official name", "resmî adı", "kurum adı", "birim adı", "adı"),
        _("The official name."),
        lambda agency: agency.name,
        keeps_when_empty=True,
    ),
    Column(
        "kind",
        "Tür",
        ("kind", "type", "türü", "kurum türü"),
        _("One of the kinds listed below."),
        lambda agency: kind_words()[agency.kind],
        keeps_when_empty=True,
    ),
    Column(
        "parent_ref",
        "Üst kurum kodu",
        ("parent code", "parent", "üst kurum", "üst birim kodu", "bağlı olduğu kurum kodu"),
        _("The code of the body above."),
        lambda agency: reference(agency.parent),
    ),
    Column(
        "province_id",
        "İl",
        ("province", "plaka", "ili", "il adı", "plaka kodu", "il kodu"),
        _("The province's name or plate code."),
        lambda agency: agency.province.name if agency.province else "",
    ),
    Column(
        "protocol_order",
        "Protokol sırası",
        ("protocol order", "order"),
        _("A whole number; lists begin with the smallest."),
        lambda agency: agency.protocol_order,
        keeps_when_empty=True,
    ),
    Column(
        "detsis_no",
        "DETSİS no",
        ("detsis number", "detsis numarası", "detsis", "detsis kodu", "idare kimlik kodu"),
        _("Digits only."),
        lambda agency: agency.detsis_no or "",
    ),
    Column(
        "kep_address",
        "KEP adresi",
        ("kep", "kep address", "kep adres"),
        _("An e-mail address."),
        lambda agency: agency.kep_address,
    ),
    Column(
        "email",
        "E-posta",
        (
            "e-mail",
            "email",
            "eposta",
            "e-posta adresi",
            "eposta adresi",
            "mail",
            "mail adresi",
            "e-mail adresi",
            "email adresi",
            "elektronik posta",
        ),
        _("An e-mail address."),
        lambda agency: agency.email,
    ),
    Column(
        "phone",
        "Telefon",
        ("phone", "tel", "telefon no", "telefon numarası"),
        _("At most 40 characters."),
        lambda agency: agency.phone,
    ),
    Column(
        "active_from",
        "Başlangıç",
        ("active from", "from"),
        _("A day such as 01.02.2026."),
        lambda agency: _day(agency.active_from),
    ),
    Column(
        "active_to",
        "Bitiş",
        ("active to", "to"),
        _("The first day it no longer is. It closes the agency."),
        lambda agency: _day(agency.active_to),
    ),
    Column(
        "successor_ref",
        "Ardıl kurum kodu",
        ("successor code", "successor", "ardıl"),
        _("The code of the successor."),
        lambda agency: reference(agency.successor),
    ),
    Column(
        "addressable",
        "Dışarıdan yazılabilir",
        ("addressable",),
        _("“evet” or “hayır”."),
        lambda agency: YES if agency.addressable else NO,
        keeps_when_empty=True,
    ),
    Column(
        "template",
        "İl şablonu",
        ("template", "provincial template"),
        _("The name shared in all provinces."),
        lambda agency: agency.template,
    ),
)
BY_FIELD = {column.field: column for column in COLUMNS}


@cache
def fields_by_heading() -> dict[str, str]:
    """Field by accepted heading (folded)."""
    known = {}
    for column in COLUMNS:
        names = (column.heading, *column.aliases, column.field, column.field.removesuffix("_ref"))
        known.update({search_key(name): column.field for name in names})
    return known


@cache
def kinds_by_word() -> dict[str, str]:
    """Kind by each of its names (folded): the stored value and its label in every language."""
    known = {search_key(value): value for value in AgencyKind.values}
    for language in ("tr", "en"):
        with override(language):
            known.update({search_key(str(kind.label)): kind.value for kind in AgencyKind})
    return known
