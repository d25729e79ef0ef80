#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

# These answer from data that comes with the code: whoever pipes phrases into them need not set up an office first.
READERS = {"search_procedures", "read_times", "read_addresses"}
NO_OFFICE = {"DEBUG": "1", "DATABASE_URL": "postgres://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}


def main(argv: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if READERS.intersection(argv[1:2]):
        if not os.environ.get("DATABASE_URL"):
            os.environ.update(NO_OFFICE)
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    execute_from_command_line(argv)


if __name__ == "__main__":
    main(sys.argv)
