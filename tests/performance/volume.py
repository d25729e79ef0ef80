"""A database the size of five busy years: a million registrations, five million transitions, fifty staff.

Filled by set-based SQL into a database of its own beside the one in DATABASE_URL, once; a later run finds it again by
the name, which carries a hash of the tables. Nobody in it exists: the phone numbers are of no valid range.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

STAFF_COUNT = 50
VISITS_PER_PERSON = 10
YEARS = 5
HORIZON_DAYS = 14

# Ten starts a day, forty minutes each, inside 07:00–11:30 and 13:30–17:00.
STARTS = ("07:00", "07:54", "08:48", "09:42", "10:36", "13:30", "14:12", "14:54", "15:36", "16:18")

FILL = (Path(__file__).parent / "volume.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Size:
    registrations: int
    transitions: int
    slots: int


def fill(*, registrations: int) -> None:
    """Fill the current, freshly migrated database. About four minutes for a million on two cores."""
    call_command("load_catalogue", verbosity=0, stdout=StringIO())
    call_command("load_wards", verbosity=0, stdout=StringIO())
    numbers = {
        "years": YEARS,
        "horizon": HORIZON_DAYS,
        "starts": ", ".join(f"'{start}'" for start in STARTS),
        "staff": STAFF_COUNT,
        "citizens": max(registrations * 7 // 10, 100),
        "registrations": registrations,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'")
        for statement in FILL.split(";\n"):
            if statement.strip():
                cursor.execute(statement % numbers)
        cursor.execute("VACUUM ANALYZE")


def size() -> Size:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM registrations_registration), (SELECT count(*) FROM registrations_transition),"
            " (SELECT count(*) FROM scheduling_slot)"
        )
        return Size(*cursor.fetchone())


@contextmanager
def large_database(*, registrations: int = 1_000_000) -> Iterator[Size]:
    """Point the default connection at the large database, making it on first use; point it back afterwards."""
    leaves = ",".join(f"{app}.{name}" for app, name in sorted(MigrationLoader(None).graph.leaf_nodes()))
    fingerprint = hashlib.sha256(f"{leaves}:{FILL}:{registrations}".encode()).hexdigest()[:10]
    name = f"tan_nha_volume_{fingerprint}"
    home = connections.settings["default"]["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        is_there = cursor.fetchone() is not None
        if not is_there:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'tan\\_nha\\_volume\\_%%'")
            for (stale,) in cursor.fetchall():
                cursor.execute(f'DROP DATABASE IF EXISTS "{stale}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}"')
    _switch(name)
    try:
        if not is_there:
            try:
                call_command("migrate", verbosity=0, interactive=False)
                fill(registrations=registrations)
            except BaseException:
                _switch(home)
                with connection.cursor() as cursor:  # a half-filled one would be taken for whole next time
                    cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
                raise
        yield size()
    finally:
        _switch(home)


def _switch(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    connections.settings["default"]["NAME"] = name
