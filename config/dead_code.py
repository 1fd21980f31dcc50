"""Find unused functions, classes and properties: `python -m config.dead_code`.

vulture analyses the product without its tests, so code used only by tests is found too. Names in templates and
in dotted paths count as used; FRAMEWORK_NAMES lists names that a framework calls.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from vulture.core import Vulture

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("agencies", "circulars", "distribution", "config", "benchmarks", "bootstrap", "manage.py")
KINDS = {"function", "method", "class", "property"}

FRAMEWORK_NAMES = {
    "form validation of one field": ["clean_*"],
    "management commands": ["Command", "add_arguments", "handle"],
    "middleware hooks": ["process_response"],
    "hook of a form field": ["bound_data"],
    "custom model fields": ["get_internal_type", "from_db_value"],
    "choices of a form field": ["label_from_instance"],
    "Django admin hooks": [
        *("get_search_results", "has_add_permission", "has_change_permission", "has_delete_permission"),
    ],
    "django-tables2 cell renderers and orders": ["render_*", "order_*"],
    "app configurations": ["*Config"],
    "allauth adapter": ["is_open_for_signup"],
    "aiosmtpd handlers": ["handle_*"],
    "used by the test of the letter's fields only": ["unlisted_fields"],
}
"""Names used by frameworks: name patterns by reason."""

FRAMEWORK_DECORATORS = ["@admin.display", "@admin.register", "@receiver", "@shared_task", "@pytest.fixture"]

WORD = re.compile(r"[A-Za-z_]\w*")
DOTTED = re.compile(r"[a-z_]+(\.\w+)+")
TAG = re.compile(r"{[{%](.*?)[%}]}", re.DOTALL)


def names_in_templates() -> Iterator[str]:
    """Every word in the tags of the templates."""
    for template in (ROOT / "templates").rglob("*.*"):
        for tag in TAG.findall(template.read_text(encoding="utf-8")):
            yield from WORD.findall(tag)


def names_in_strings() -> Iterator[str]:
    """The last part of every dotted path in a string, and names passed as `method="…"`."""
    for path in (path for part in PRODUCT for path in (ROOT / part).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and DOTTED.fullmatch(node.value)
            ):
                yield node.value.rpartition(".")[2]
            if (
                isinstance(node, ast.keyword)
                and node.arg == "method"
                and isinstance(node.value, ast.Constant)
            ):
                yield str(node.value.value)


def names_of_measures() -> Iterator[str]:
    """Functions named in the table of measures of `python -m benchmarks`."""
    for node in ast.walk(ast.parse((ROOT / "benchmarks" / "__main__.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            yield from (str(key.value) for key in node.keys if isinstance(key, ast.Constant))


def unused() -> list[str]:
    """Unused code, one line each with its location."""
    allowed = [name for names in FRAMEWORK_NAMES.values() for name in names]
    reader = Vulture(ignore_names=allowed, ignore_decorators=FRAMEWORK_DECORATORS)
    reader.scavenge([str(ROOT / part) for part in PRODUCT], exclude=["*/migrations/*"])
    named = {*names_in_templates(), *names_in_strings(), *names_of_measures()}
    return [
        item.get_report().replace(f"{ROOT}/", "")
        for item in reader.get_unused_code(min_confidence=60)
        if item.typ in KINDS and item.name not in named
    ]


if __name__ == "__main__":
    found = unused()
    print("\n".join(found) or "Nothing is unused.")
    sys.exit(bool(found))
