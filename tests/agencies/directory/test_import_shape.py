"""Rows of a text file with fewer cells than the heading: cut at their end by a program, broken, or cut off."""

import pytest

from tests.agencies.directory.forms import NEW, Form, add_bodies, expect, lines

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def there() -> None:
    add_bodies()


FIVE = "Kod;Ad;Tür;E-posta;Telefon"
EVEN = ("adana;;;;", "saglik;;;;", "izmir;;;;")
FULL = ("adana;Adana Valiliği;;;", "saglik;;;;", "x9;Dolu Kurum;Diğer;;")

FORMS = {
    "two successive rows whose empty cells at the end were cut": Form(
        lines(FIVE, *EVEN, "x1;Yeni Kurum;Diğer", "x-2;Öteki Kurum;Diğer"), added=["x1", "x-2"]
    ),
    "so many that they are no broken row": Form(
        lines(FIVE, *EVEN * 10, *(f"x{number};Kurum {number};Diğer" for number in range(30))),
        wrong={number: [("code", "code_twice")] for number in range(2, 32)},
        added=[f"x{number}" for number in range(30)],
    ),
    "rows that are known by their DETSİS number": Form(
        lines(
            "DETSİS no;Ad;Tür;E-posta;Telefon",
            "1;A;Diğer;;",
            "2;B;Diğer;;",
            "3;C;Diğer;;",
            "44;D;Diğer",
            "55;E;Diğer",
        ),
        added=[None] * 5,
    ),
    "a broken row below one that was cut": Form(
        lines(
            FIVE,
            *FULL,
            "x1;Yeni Kurum;Diğer",
            "x2;Öteki",
            "Merkez;Diğer;a@x.example;",
            "x3;Son Kurum;Diğer;;",
        ),
        wrong={
            6: [("", "broken_line"), ("kind", "kind_missing")],
            7: [("", "broken_line"), ("kind", "kind")],
        },
    ),
    "a continuation whose first word could be a code but for its capital": Form(
        lines("Kod;Ad;Tür", "izmir;;", "saglik;;", "x1;Yeni", "Merkez;Diğer"),
        wrong={
            4: [("", "broken_line"), ("kind", "kind_missing")],
            5: [("", "broken_line"), ("kind", "kind_missing")],
        },
    ),
    "a last row without a line end whose empty cells were cut like those of others": Form(
        lines(FIVE, *EVEN, "x1;Yeni Kurum;Diğer", "saglik;;;;") + "x2;Öteki Kurum;Diğer".encode(),
        wrong={3: [("code", "code_twice")], 6: [("code", "code_twice")]},
        added=["x1", "x2"],
    ),
    "a last row without a line end that is the only short one": Form(
        lines(FIVE, *EVEN) + "x2;Öteki Kurum;Diğer".encode(), doubts={5: ["cut_off"]}, added=["x2"]
    ),
    "a last row without a line end that lacks its kind": Form(
        lines(FIVE, *EVEN[:2], "x1;Yeni Kurum;Diğer") + "izmir;İzmir Val".encode(),
        wrong={5: [("", "cut_off")]},
    ),
    "a last row that ends within its code": Form(
        lines(FIVE, *EVEN) + b"izm",
        wrong={5: [("", "cut_off"), ("name", "name_missing"), ("kind", "kind_missing")]},
    ),
    "a last row without a line end whose text may be cut, although others are as short": Form(
        lines("Kod;Ad;Telefon", *(f"{code};;" for code in ("saglik", "izmir")), "x1;Yeni Kurum")
        + f"adana;{NEW}".encode(),
        {"adana": {"name": NEW}},
        wrong={4: [("kind", "kind_missing")]},
        doubts={5: ["cut_off"]},
    ),
    "a last row without a line end that says what is stored": Form(
        lines("Kod;Ad;Telefon", "saglik;;", "izmir;;") + "adana;Adana Valiliği".encode()
    ),
    "a last row without a line end, its text cut off": Form(
        lines("Kod;Ad;Telefon", "saglik;;", "izmir;;") + b"adana;Adana Vali",
        wrong={4: [("", "cut_off")]},
    ),
    "codes that are words, the empty cells of their rows cut": Form(
        lines(FIVE, *EVEN, "adalet;Adalet Kurumu;Diğer", "ticaret;Ticaret Kurumu;Diğer"),
        added=["adalet", "ticaret"],
    ),
    "a total below a row whose empty cells were cut": Form(
        lines("Kod;Ad;Tür;Telefon", "saglik;;;", "izmir;;;", "x1;Yeni Kurum;Diğer", "Toplam;3"),
        wrong={5: [("name", "name"), ("kind", "kind_missing")]},
        added=["x1"],
    ),
    "an empty line between rows whose empty cells were cut": Form(
        lines("Kod;Ad;E-posta", "saglik;;", "izmir;;", "adana;Adana Valiliği", "", "id:0"),
        wrong={6: [("code", "unknown_identity"), ("name", "name_missing"), ("kind", "kind_missing")]},
    ),
    "a quoted name of several lines in a short row": Form(
        lines("Kod;Ad;Telefon", "saglik;;", "izmir;;", 'adana;"Adana\r\nBüyük\r\nValiliği"'),
        {"adana": {"name": NEW}},
    ),
    "names that end in a comma, in a file with semicolons": Form(
        lines("Kod;Ad;Telefon", f"adana;{NEW},;", "saglik;;", "izmir;İzmir Valiliği,"),
        {"adana": {"name": f"{NEW},"}, "izmir": {"name": "İzmir Valiliği,"}},
    ),
    "a last row that has all its cells": Form(
        lines("Kod;Ad", "izmir;") + f"adana;{NEW}".encode(), {"adana": {"name": NEW}}
    ),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_what_comes_of_it(form: Form) -> None:
    expect(form)
