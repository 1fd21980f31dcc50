"""Two versions of a text with the words marked that differ."""

import re
import time

from django.utils import translation

from agencies.notation.marked_differences import mark_differences

SENTENCE = "Genelge uyarınca yapılacak işlemler aşağıda açıklanmıştır ve süresi içinde bildirilecektir"


def marked(html: str) -> list[str]:
    """The texts of the marks, without the words for screen readers."""
    found = re.findall(r"<(?:ins|del)[^>]*>(.*?)</(?:ins|del)>", html, re.DOTALL)
    return [re.sub(r"<span.*?</span>", "", each).strip() for each in found]


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", re.sub(r'<span class="visually-hidden">.*?</span>', "", html))


def test_only_the_words_that_differ_are_marked() -> None:
    stored, typed = mark_differences(SENTENCE, SENTENCE.replace("süresi içinde", "derhâl"))

    assert marked(stored) == ["süresi içinde"]
    assert marked(typed) == ["derhâl"]
    assert "<del" in stored and "<ins" not in stored
    assert "<ins" in typed and "<del" not in typed
    assert (plain(stored), plain(typed)) == (SENTENCE, SENTENCE.replace("süresi içinde", "derhâl"))


def test_a_mark_is_said_to_screen_readers() -> None:
    with translation.override("en"):
        stored, typed = mark_differences(SENTENCE, SENTENCE + " ayrıca")
        assert marked(stored) == []
        assert '<span class="visually-hidden"> [only in your text: </span>ayrıca' in typed


def test_long_unchanged_stretches_are_shortened() -> None:
    before = " ".join(f"kelime{number}" for number in range(300))
    stored, typed = mark_differences(before, before.replace("kelime150", "başka"))

    assert marked(stored) == ["kelime150"]
    for html in (stored, typed):
        assert plain(html).count("…") == 2
        assert "kelime145" in html and "kelime155" in html
        assert "kelime100" not in html and "kelime200" not in html


def test_html_in_the_texts_is_escaped_inside_and_outside_of_marks() -> None:
    stored, typed = mark_differences(f"<b>&{SENTENCE} son", f"<b>&{SENTENCE} <script>alert(1)</script>")

    assert stored.startswith("&lt;b&gt;&amp;Genelge")
    assert marked(typed) == ["&lt;script&gt;alert(1)&lt;/script&gt;"]


def test_texts_with_little_in_common_and_short_ones_stay_without_marks() -> None:
    other = "Bambaşka kelimelerle yazılmış upuzun, hiçbir yeri diğerine benzemeyen yepyeni bir metindir"
    assert mark_differences(SENTENCE, other) == (SENTENCE, other)
    assert mark_differences("A Planı", "B & C Planı") == ("A Planı", "B &amp; C Planı")
    assert mark_differences(SENTENCE, "") == (SENTENCE, "")


def test_a_line_added_to_a_list_is_the_only_mark() -> None:
    lines = [f"{number}. Bölge Müdürlüğüne" for number in range(10)]
    stored, typed = mark_differences("\n".join(lines), "\n".join([*lines[:5], "Yeni Kuruma", *lines[5:]]))

    assert marked(stored) == []
    assert marked(typed) == ["Yeni Kuruma"]


def test_very_long_texts_are_compared_in_a_moment() -> None:
    words = [f"kelime{number % 150}" for number in range(40_000)]
    began = time.monotonic()
    mark_differences(" ".join(words), " ".join(["ilk", *reversed(words)]))
    assert time.monotonic() - began < 2
