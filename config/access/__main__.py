"""Write `docs/access.md` anew, or check that it is what the rules say: `python -m config.access [check]`."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.access.document import PATH, document  # noqa: E402

if sys.argv[1:] == ["check"]:
    if PATH.read_text(encoding="utf-8") != document():
        sys.exit("docs/access.md is not what the rules say. Write it anew: python -m config.access")
elif sys.argv[1:]:
    sys.exit(__doc__)
else:
    PATH.write_text(document(), encoding="utf-8")
