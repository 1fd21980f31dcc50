"""`make drill`: break things while 10,000 notices leave, and count what was lost. It ends by itself.

Real PostgreSQL, Redis, SMTP and Celery workers, all of its own in `.local/drill`; they are deleted and made anew at
each run. Each fault prints one line: `drill NAME injected N lost N duplicated N`. Lost are notices whose mail never
arrived and whose sender isn't told; a duplicate is a mail that came again under the same Message-ID. The exit code
is 1 if anything was lost, came again without a cause, or contradicts itself afterwards (`check_consistency`).
"""

import os
import sys
from contextlib import ExitStack
from importlib import import_module

import django
from django.core.management import call_command

from benchmarks.running import ROOT
from config.servers import Postgres, Redis

DATA = ROOT / ".local" / "drill"


def main() -> int:
    """Bring up servers of its own and run; the exit code says whether everything was kept."""
    postgres, redis = Postgres(DATA), Redis(DATA)
    if not all([redis.erase(), postgres.erase()]):
        print("Another drill is running.", file=sys.stderr)
        return 1
    with ExitStack() as stack:
        for server in (postgres, redis):
            stack.enter_context(server.running())
            os.environ[server.variable] = server.url
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        os.environ["EMAIL_RATE"] = "1000000/minute"
        os.environ["LOG_LEVEL"] = "ERROR"
        django.setup()
        call_command("migrate", verbosity=0)
        # What follows uses models, which can be imported only now.
        code: int = import_module("benchmarks.storm").Storm(postgres, redis, DATA).run()
        return code


if __name__ == "__main__":
    sys.exit(main())
