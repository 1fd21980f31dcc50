"""`python -m benchmarks [NAME ...]`: run the named measures, or all but the large ones."""

import os
import sys
from importlib import import_module

import django
from django.core.management import call_command

MEASURES = {
    "dispatch_266": "dispatch",
    "dispatch_10k": "dispatch",
    "notices_10k": "notices",
    "acknowledge": "confirming",
    "sweep": "sweeping",
    "read_text": "reading",
    "read_pdf": "reading",
    "read_linear": "reading",
    "import_100k": "directory",
    "export_csv_100k": "exports.measures",
    "export_xlsx_100k": "exports.measures",
    "report_pdf_10k": "exports.measures",
}
LARGE = {
    "pages": "at_scale.pages",
    "pages_at_once": "at_scale.pages",
}
"""Module of each measure, a function of that name. The large ones fill a database of five million deliveries."""


def main() -> int:
    """Prepare the benchmark database and run the measures. Returns the exit code."""
    wanted = sys.argv[1:] or list(MEASURES)
    known = MEASURES | LARGE
    unknown = set(wanted) - set(known)
    if unknown:
        print(
            f"No such measure: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.",
            file=sys.stderr,
        )
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    for name in wanted:
        getattr(import_module(f"benchmarks.{known[name]}"), name)()
    return 0


if __name__ == "__main__":
    sys.exit(main())
