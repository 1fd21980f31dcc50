"""The documents: complete, and true where that can be checked."""

import re

from tests.conftest import ROOT

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_the_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


def test_each_decision_bears_the_number_of_its_file() -> None:
    wrong = [
        path.name
        for path in DECISIONS
        if not path.read_text(encoding="utf-8").startswith(f"# {int(path.name[:4])}. ")
    ]
    assert not wrong


def test_every_path_that_a_document_names_is_there() -> None:
    documents = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    named = re.compile(
        r"(?<![\w./-])((?:agencies|circulars|distribution|config|tests|benchmarks|docs)/[\w./-]*\w)"
    )
    missing = sorted(
        f"{document.relative_to(ROOT)}: {path}"
        for document in documents
        for path in named.findall(document.read_text(encoding="utf-8"))
        if not (ROOT / path).exists()
    )
    assert not missing
