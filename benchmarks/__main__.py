"""`python -m benchmarks [NAME ...]`: every measure, or those named."""

import os
import sys

import django
from django.core.management import call_command

MEASURES = ["dispatch_266", "read_text", "read_pdf", "read_linear", "import_100k"]


def main() -> int:
    """Prepare the benchmark database and run the measures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    from benchmarks import directory, dispatch, reading

    wanted = sys.argv[1:] or MEASURES
    unknown = set(wanted) - set(MEASURES)
    if unknown:
        print(
            f"No such measure: {', '.join(sorted(unknown))}. There are: {', '.join(MEASURES)}.",
            file=sys.stderr,
        )
        return 2
    for name in wanted:
        subject = (
            directory if name.startswith("import_") else reading if name.startswith("read_") else dispatch
        )
        getattr(subject, name)()
    return 0


if __name__ == "__main__":
    sys.exit(main())
