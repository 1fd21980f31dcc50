"""`make drill`: inject faults while 10,000 notices are sent, and count losses and duplicates.

Uses its own PostgreSQL, Redis, SMTP server and Celery workers, with data in `.local/drill` recreated at each run.
Prints one line per fault: `drill NAME injected N lost N duplicated N`. A notice is lost if its mail never arrived
and the sender isn't informed; a duplicate is a repeated mail with the same Message-ID. The exit code is 1 if a
notice was lost, a duplicate is not explained by a fault, or `check_consistency` fails afterwards. After the storm of
faults come the outages: a relay that refuses, a wrong password, a used-up quota, Redis away, the worker killed.

`make drill ARGS=tamper` rewrites evidence instead, and prints `drill tamper found N of M`.
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
    """Start the servers and run the drill. Returns the exit code."""
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
        # These modules import models, which is possible only after django.setup().
        if sys.argv[1:] == ["tamper"]:
            found: int = import_module("benchmarks.faults.tamper").run(DATA)
            return found
        code: int = import_module("benchmarks.faults.storm").Storm(postgres, redis, DATA).run()
        wrong: list[str] = import_module("benchmarks.faults.outages").Outages(redis, DATA).run()
        for words in wrong:
            print(f"  {words}", file=sys.stderr)
        return code or int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
