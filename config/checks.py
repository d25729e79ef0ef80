"""Is the database one we can work with? Asked by `migrate`, before anything is stored in it."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

OLDEST_POSTGRESQL = 15


def check_database(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding')"
            )
            version, encoding = cursor.fetchone()
            cursor.execute("SELECT lower('ĐẶNG') = 'đặng'")
            (knows_letters,) = cursor.fetchone()
        if version < OLDEST_POSTGRESQL:
            problems.append(
                Error(f"PostgreSQL {version} is too old.", hint=f"Use {OLDEST_POSTGRESQL} or later.", id="config.E001")
            )
        if encoding != "UTF8" or not knows_letters:
            problems.append(
                Error(
                    "The database does not know Vietnamese letters: lower('ĐẶNG') is not 'đặng'.",
                    hint="Create it with ENCODING 'UTF8' and a UTF-8 locale, e.g. "
                    "CREATE DATABASE tannha TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'.",
                    id="config.E002",
                )
            )
    return problems
