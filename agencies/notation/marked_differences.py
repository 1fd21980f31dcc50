"""Two versions of a text side by side, with the words marked that only one of them has."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

TOKEN = re.compile(r"\n|[^\S\n]*\S+|[^\S\n]+")
"""A line end, or a word with the blanks before it."""

CONTEXT = 12
"""Unchanged words shown before and after each difference."""

FEW_WORDS = 6
"""A version of fewer words is read at a glance, and marks would only disturb."""

MOST_WORDS = 4000
"""Longer texts are compared only at their beginning and end, so that a page doesn't take seconds."""


@dataclass(frozen=True)
class Run:
    """Consecutive words of one version; `differs` if the other version hasn't got them there."""

    tokens: Sequence[str]
    differs: bool

    @property
    def text(self) -> str:
        return "".join(self.tokens)

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


def mark_differences(before: str, after: str) -> tuple[SafeString, SafeString]:
    """Both versions as HTML: what only the first has as `<del>`, what only the second has as `<ins>`.

    Long unchanged stretches are replaced by “…”. Both are returned whole and without marks if one is short, or if they
    have less than half of the words of the shorter one in common.
    """
    runs = _runs(TOKEN.findall(before), TOKEN.findall(after))
    if runs is None:
        return format_html("{}", before), format_html("{}", after)
    return _html(runs[0], "del"), _html(runs[1], "ins")


def _runs(before: list[str], after: list[str]) -> tuple[list[Run], list[Run]] | None:
    """Both versions in runs; None if too little is common, or nothing differs but blanks."""
    pairs: list[tuple[list[str], list[str], bool]] = []
    for one, other, same in _aligned(before, after):
        # A line end between two differences is no common text.
        if pairs and same and not "".join(one).strip():
            same = pairs[-1][2]
        if pairs and pairs[-1][2] == same:
            pairs[-1] = (pairs[-1][0] + one, pairs[-1][1] + other, same)
        else:
            pairs.append((one, other, same))
    common = sum(_words(one) for one, _other, same in pairs if same)
    shorter = min(_words(before), _words(after))
    if shorter < FEW_WORDS or 2 * common < shorter or all(same for *_texts, same in pairs):
        return None
    return [Run(one, not same) for one, _other, same in pairs], [
        Run(other, not same) for _one, other, same in pairs
    ]


def _aligned(before: list[str], after: list[str]) -> Iterable[tuple[list[str], list[str], bool]]:
    """Stretches of both versions in order, and whether they are the same but for blanks."""
    one, other = [_key(each) for each in before], [_key(each) for each in after]
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    yield before[:start], after[:start], True
    middle, other_middle = before[start : len(before) - end], after[start : len(after) - end]
    if max(len(middle), len(other_middle)) > MOST_WORDS:
        yield middle, other_middle, False
    else:
        found = SequenceMatcher(None, one[start : len(one) - end], other[start : len(other) - end])
        for tag, i, j, k, n in found.get_opcodes():
            yield middle[i:j], other_middle[k:n], tag == "equal"
    yield before[len(before) - end :], after[len(after) - end :], True


def _key(token: str) -> str:
    return token.strip(" \t") or token


def _words(tokens: Iterable[str]) -> int:
    return sum(bool(token.strip()) for token in tokens)


def _html(runs: Sequence[Run], tag: str) -> SafeString:
    last = len(runs) - 1
    return format_html_join(
        "",
        "{}",
        (
            (
                _marked(run, tag)
                if run.differs
                else _shortened(run, is_first=number == 0, is_last=number == last),
            )
            for number, run in enumerate(runs)
        ),
    )


def _marked(run: Run, tag: str) -> SafeString | str:
    if run.is_blank:
        return run.text
    words = run.text.strip(" \t")
    before, after = run.text.split(words)
    return format_html(
        '{0}<{1} class="differs"><span class="visually-hidden"> [{2}: </span>'
        '{3}<span class="visually-hidden">] </span></{1}>{4}',
        before,
        tag,
        _("only in the saved text") if tag == "del" else _("only in your text"),
        words,
        after,
    )


def _shortened(run: Run, *, is_first: bool, is_last: bool) -> SafeString | str:
    """The run without its middle, and without its outer part at the beginning and the end of the text."""
    head, tail = 0 if is_first else CONTEXT, 0 if is_last else CONTEXT
    if len(run.tokens) <= head + tail + CONTEXT:
        return run.text
    return format_html(
        '{}<span class="text-secondary"> …<span class="visually-hidden"> {} </span> </span>{}',
        "".join(run.tokens[:head]),
        _("unchanged text is omitted"),
        "".join(run.tokens[len(run.tokens) - tail :]),
    )
