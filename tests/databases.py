"""The database of the tests: made once a run, copied for each worker, and put back after a test that committed.

Django's own way makes it once a worker (5 s each) and after such a test empties every table and writes all content
types and permissions anew (a third of a second each). A `Snapshot` puts back only what differs.
"""

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase
from django.test.utils import setup_databases
from psycopg import errors, sql

from registrations.roles import load_roles

TIMES_TO_GIVE_WAY = 60


class Snapshot:
    """All rows, or those of one app, as they are now; or `rows` that another worker's database held.

    Sequences never go back: a number once given away is never given again.
    """

    def __init__(self, app: str = "", rows: dict[str, bytes] | None = None) -> None:
        self.tables = [name for name in connection.introspection.django_table_names() if name.startswith(app)]
        with connection.cursor() as cursor:
            if rows is not None:
                self.rows = rows
                pass_numbers_given_elsewhere(cursor, rows)
            else:
                self.rows = {table: copy_out(cursor, table) for table in tables_with_rows(cursor, self.tables)}

    def restore(self) -> None:
        """Bring the tables back to these rows. Waits for whoever still writes, as a TRUNCATE would."""
        with transaction.atomic(), connection.cursor() as cursor:
            lock(cursor, self.tables)
            there = tables_with_rows(cursor, self.tables)
            differing = [
                table
                for table in {*there, *self.rows}
                if table not in there or table not in self.rows or copy_out(cursor, table) != self.rows[table]
            ]
            # Our own triggers: what they would write is in the rows, and what they forbid is meant for people.
            guarded = sorted(tables_with_triggers(cursor).intersection(differing))
            for table in guarded:
                cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
            for table in differing:
                if table in there:
                    cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                if table in self.rows:
                    with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                        copy.write(self.rows[table])
            connection.check_constraints()  # a table waiting for its check cannot be altered
            for table in guarded:
                cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


def lock(cursor, tables: list[str]) -> None:
    """All tables for this transaction alone. A page still being answered goes first: it may want a table that is ours
    already, while we wait for one of its. Postgres would break off one of the two after a second; we give way sooner.
    """
    cursor.execute("SET LOCAL lock_timeout = '300ms'")
    everything = sql.SQL("LOCK TABLE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables)))
    for attempt in range(TIMES_TO_GIVE_WAY):
        try:
            with transaction.atomic():
                cursor.execute(everything)
            return
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.LockNotAvailable) or attempt == TIMES_TO_GIVE_WAY - 1:
                raise


def tables_with_rows(cursor, tables: list[str]) -> set[str]:
    ask = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    cursor.execute(sql.SQL(" UNION ALL ").join(ask.format(table, sql.Identifier(table)) for table in tables))
    return {table for (table,) in cursor.fetchall()}


def tables_with_triggers(cursor) -> set[str]:
    cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
    return {table for (table,) in cursor.fetchall()}


def pass_numbers_given_elsewhere(cursor, rows: dict[str, bytes]) -> None:
    """No new row may get a number that one of `rows` has. An identity column of Django's comes first in its table."""
    cursor.execute(
        "SELECT attrelid::regclass::text, pg_get_serial_sequence(attrelid::regclass::text, attname) FROM pg_attribute "
        "WHERE attidentity <> '' AND attnum = 1 AND attrelid::regclass::text = ANY(%s)",
        [list(rows)],
    )
    for table, sequence in cursor.fetchall():
        given = max(int(row.partition(b"\t")[0]) for row in rows[table].splitlines())
        cursor.execute("SELECT setval(%s, greatest(%s, nextval(%s)))", [sequence, given, sequence])


def copy_out(cursor, table: str) -> bytes:
    with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(copy)


@pytest.fixture(scope="session")
def loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """`loaded_once(load)` calls `load` the first time in this run; later, and in other workers, it brings those rows.

    `app=` where `load` writes to the tables of one app alone and a test may have written to others before.
    """
    kept: dict[Callable[[], object], Snapshot] = {}

    def bring(load: Callable[[], object], *, app: str = "") -> None:
        if load not in kept:
            with turn_of_this_worker(tmp_path_factory, load.__qualname__) as made:
                if not made.exists():
                    load()
                    made.write_bytes(pickle.dumps(Snapshot(app).rows))
                kept[load] = Snapshot(app, pickle.loads(made.read_bytes()))  # noqa: S301  written by this very run
        kept[load].restore()

    return bring


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """A migrated database with the four roles in it, as `manage.py prepare` leaves every real one."""
    reuse = django_db_keepdb and not django_db_createdb
    verbosity = request.config.option.verbose
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        with turn_of_this_worker(tmp_path_factory, "databases") as made:
            if made.exists() and not reuse:
                use_database(database_of(os.environ["PYTEST_XDIST_WORKER"]))
            else:
                setup_databases(verbosity, False, aliases={"default"}, serialized_aliases=(), keepdb=reuse)
                load_roles()
                connection.close()
                if not reuse:
                    copy_for_other_workers()
                made.touch()
        with snapshots_instead_of_truncation():
            yield
        if not django_db_keepdb:
            made_for_tests = connection.settings_dict["NAME"]
            use_database(name)
            with connection._nodb_cursor() as cursor:
                drop(cursor, made_for_tests)


@contextmanager
def turn_of_this_worker(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """One worker after the other. The path is for the first to leave something there for the others."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # of the whole run
    with (folder / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / name


def copy_for_other_workers() -> None:
    source = connection.settings_dict["NAME"]
    targets = {database_of(f"gw{number}") for number in range(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")))}
    with connection._nodb_cursor() as cursor:
        for target in sorted(targets - {source}):
            drop(cursor, target)
            copying = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            cursor.execute(copying.format(sql.Identifier(target), sql.Identifier(source)))


def drop(cursor, name: str) -> None:
    """Whoever is still connected: a thread of a test may be, and PostgreSQL would wait five seconds, then refuse."""
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def database_of(worker: str) -> str:
    mine = connection.settings_dict["TEST"]["NAME"]
    return f"{mine.removesuffix(os.environ['PYTEST_XDIST_WORKER'])}{worker}"


def use_database(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


@contextmanager
def snapshots_instead_of_truncation() -> Iterator[None]:
    at_first = Snapshot()
    truncate = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda test: at_first.restore()
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = truncate
