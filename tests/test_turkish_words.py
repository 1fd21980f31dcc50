"""The Turkish of screens and mails keeps to the words and forms of docs/glossary.md."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import polib
import pytest
from django.utils.translation import override

from agencies.turkish import lower
from distribution.models import Anchor
from tests.conftest import ROOT

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
READ_WITH_CASE = 3
"""So many patterns at the end of the glossary's table are applied to the text as it stands."""

PLURAL_SAYS_MORE = {
    "%(unit)s is taken off the distribution.",
    "Show it",
    "The %(units)s unit directly below",
    "The list of %(count)s unit",
}
"""Messages whose plural has other words and not only another number."""

NAMED_AS = "alanı|sayfası|düğmesi|seçeneği|bölümü"
POSSESSIVES = {"adın", "birimin", "kurumun", "hesabın", "parolan", "teyidin", "kararın", "kodun"}


class Text(NamedTuple):
    """One Turkish text of the catalogue with the message that it translates."""

    context: str
    message: str
    turkish: str


class Pattern(NamedTuple):
    """What no text may hold, and what is taken out of the text before it is looked for."""

    what: str
    forbidden: re.Pattern[str]
    allowed: re.Pattern[str] | None
    with_case: bool


CATALOGUE = polib.pofile(str(ROOT / "locale" / "tr" / "LC_MESSAGES" / "django.po"))


def pairs_of(entry: polib.POEntry) -> list[tuple[str, str]]:
    """Each form of the message with its translation."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [(entry.msgid, entry.msgstr_plural[0]), (entry.msgid_plural, entry.msgstr_plural[1])]


TEXTS = [Text(entry.msgctxt or "", *pair) for entry in CATALOGUE for pair in pairs_of(entry)]


def rows_below(heading: str) -> Iterator[list[str]]:
    """The cells of the table in that section of the glossary, without its two head lines."""
    section = GLOSSARY.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    for line in lines[2:]:
        yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def code_in(cell: str) -> str:
    """The regular expression that stands in the cell as code."""
    return cell.strip("`").replace(r"\|", "|")


def forbidden_words() -> list[Pattern]:
    return [
        Pattern(turkish, re.compile(rf"(?<!\w){re.escape(word)}"), None, with_case=False)
        for _english, turkish, dropped, _code in rows_below("Concepts")
        for word in re.findall("`([^`]+)`", dropped)
    ]


def forbidden_patterns() -> list[Pattern]:
    rows = list(rows_below("Patterns"))
    return [
        Pattern(
            what,
            re.compile(code_in(forbidden)),
            re.compile(code_in(allowed)) if allowed else None,
            with_case=number >= len(rows) - READ_WITH_CASE,
        )
        for number, (what, forbidden, allowed) in enumerate(rows)
    ]


def departing(pattern: Pattern) -> list[str]:
    found = []
    for text in TEXTS:
        read = text.turkish if pattern.with_case else lower(text.turkish)
        if pattern.allowed:
            read = pattern.allowed.sub("", read)
        if pattern.forbidden.search(read):
            found.append(f"{text.message} => {text.turkish}")
    return found


def test_the_glossary_is_read_whole() -> None:
    assert len(forbidden_words()) > 40
    assert len(forbidden_patterns()) > 25
    assert next(each.what for each in forbidden_patterns() if each.with_case) == "article cited by code"


def test_each_concept_stands_once() -> None:
    names = [english for english, *_ in rows_below("Concepts")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("pattern", forbidden_words(), ids=lambda each: each.forbidden.pattern)
def test_no_text_uses_a_dropped_word(pattern: Pattern) -> None:
    assert departing(pattern) == []


@pytest.mark.parametrize("pattern", forbidden_patterns(), ids=lambda each: each.what)
def test_no_text_departs_from_the_forms(pattern: Pattern) -> None:
    assert departing(pattern) == []


def test_a_dropped_word_is_found_whatever_its_case() -> None:
    found = [each.what for each in forbidden_words() if each.forbidden.search(lower("Yanıtlayınız: OTURUM"))]
    assert found == [
        "cevap, cevaplandı, cevap bekleyen",
        "giriş yapmak, çıkış yapmak, iki aşamalı giriş",
    ]


def test_a_text_ends_with_the_sign_of_its_message() -> None:
    def sign(text: str) -> str:
        return text[-1] if text[-1] in ".:?…" else ""

    differing = [text for text in TEXTS if sign(text.message) != sign(text.turkish)]
    assert [text for text in differing if text.message not in LIBRARY_ENDS_OTHERWISE] == []


LIBRARY_ENDS_OTHERWISE = {
    "Hello from %(site_name)s!",
    "Thank you for using %(site_name)s!\n%(site_domain)s",
    "Forgot Password?",
}
"""Messages of the sign-in library with an exclamation mark, or a question that is a button."""


def test_a_noun_after_a_number_is_singular() -> None:
    differing = {
        entry.msgid
        for entry in CATALOGUE
        if entry.msgid_plural and len(set(entry.msgstr_plural.values())) > 1
    }
    assert differing == PLURAL_SAYS_MORE


def test_a_message_with_a_colon_says_the_same_as_without() -> None:
    known = {(text.context, text.message): text.turkish for text in TEXTS}
    differing = [
        text
        for text in TEXTS
        if text.message.endswith(":")
        and (plain := known.get((text.context, text.message[:-1]))) is not None
        and text.turkish != f"{plain}:"
    ]
    assert differing == []


def test_a_label_named_in_a_sentence_exists() -> None:
    labels = {text.turkish for text in TEXTS}
    named = [
        (label, text.turkish)
        for text in TEXTS
        for label in re.findall(rf"“([^”%]+)” (?:{NAMED_AS})", text.turkish)
    ]
    assert named
    assert [each for each in named if each[0] not in labels] == []


def test_polite_and_familiar_are_never_mixed() -> None:
    polite = {
        word
        for text in TEXTS
        for word in re.findall(r"(\w+(?:ınız|iniz|unuz|ünüz))(?=[.;,]|$)", lower(text.turkish))
    }
    familiar = {word[:-2] for word in polite} - POSSESSIVES
    mixed = [text for text in TEXTS if familiar & set(re.findall(r"\w+", lower(text.turkish)))]
    assert mixed == []


def test_a_step_of_the_reminders_begins_as_its_option_in_the_form() -> None:
    turkish = {text.message: text.turkish for text in TEXTS}
    with override("en"):
        options = [turkish[str(label)] for label in Anchor.labels]
    steps = [each.turkish for each in TEXTS if re.match(r"%\(n\)d (working day|hour)s? ", each.message)]
    assert len(steps) == 8
    for step in steps:
        beginning, end = re.split(r" %\(n\)d (?:iş günü|saat) ", step.removesuffix(", gece gündüz"))
        assert f"{beginning} {end}" in options, step
