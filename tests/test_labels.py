"""One English text, one meaning: what a button says is no label, unless the two have contexts of their own."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from tests.conftest import ROOT

APPS = ("agencies", "circulars", "distribution")
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
CELLS = {"dt", "th", "td", "label", "legend"}
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
RAISED = {"upper", "title", "capitalize"}

Message = tuple[str, str]
"""Context and text."""

TRANSLATED = re.compile(
    r"""\{%\s*translate\s+(["'])(?P<text>.*?)\1(?:\s+context\s+(["'])(?P<context>.*?)\3)?[^%]*%\}"""
)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


class Places(HTMLParser):
    """Where the marked texts of a template stand: on buttons, or as labels and heads of columns."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.buttons: set[str] = set()
        self.labels: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in CELLS:
            self.labels |= set(re.findall("\x01(.*?)\x02", values.get("data-label", "")))
        if tag not in VOID:
            self.open.append((tag, tag == "button" or "btn" in values.get("class", "").split()))

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _button in self.open):
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        for text in re.findall("\x01(.*?)\x02", data):
            for tag, button in reversed(self.open):
                if button:
                    self.buttons.add(text)
                    break
                if tag in CELLS:
                    self.labels.add(text)
                    break


def marked(match: re.Match[str]) -> str:
    return f"\x01{match['context'] or ''}\x03{match['text']}\x02"


def read_templates() -> tuple[dict[Message, str], dict[Message, str]]:
    """The messages on buttons and those that are labels, each with a template where it stands so."""
    buttons: dict[Message, str] = {}
    labels: dict[Message, str] = {}
    for path in sorted((ROOT / "templates").rglob("*.html")):
        places = Places()
        places.feed(TAG.sub("", TRANSLATED.sub(marked, path.read_text(encoding="utf-8"))))
        for found, kept in ((places.buttons, buttons), (places.labels, labels)):
            for each in found:
                context, text = each.split("\x03")
                kept[context, text] = str(path.relative_to(ROOT))
    return buttons, labels


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts and (not folders or set(folders) & set(path.parts)):
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def messages_in(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
        if name_of(node) in GETTEXT and texts:
            yield "", str(texts[0])
        elif name_of(node) in WITH_CONTEXT and len(texts) > 1:
            yield str(texts[0]), str(texts[1])


def test_a_short_text_of_a_button_is_no_label() -> None:
    buttons, labels = read_templates()
    for path, tree in modules("forms", "tables"):
        labels |= dict.fromkeys(messages_in(tree), str(path.relative_to(ROOT)))
    assert ("", "Save") in buttons and ("", "Subject") in labels

    both = {
        message: (buttons[message], labels[message])
        for message in buttons.keys() & labels.keys()
        if len(message[1].split()) <= 2
    }
    assert both == {}


def test_no_template_raises_the_letters_of_a_text() -> None:
    raising = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.*")
        if re.search(r"\|\s*(capfirst|title|upper)\b", path.read_text(encoding="utf-8"))
    ]
    assert raising == []


def test_no_code_raises_the_letters_of_a_translated_text() -> None:
    raising = []
    for path, tree in modules():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in RAISED
            ):
                read = ast.unparse(node.func.value)
                if re.search(r"\b(_|p?n?gettext\w*)\(|\.label\b|_display\(|verbose_name", read):
                    raising.append(f"{path.relative_to(ROOT)}:{node.lineno}")
            elif isinstance(node, ast.Call) and name_of(node) in {"capfirst", "capwords"}:
                raising.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert raising == []
