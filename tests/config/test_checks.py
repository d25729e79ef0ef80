from django.db import connection

from config.checks import check_database


def test_our_database_passes(db):
    assert check_database(databases=["default"]) == []


def test_nothing_is_asked_of_a_database_that_is_not_named():
    assert check_database(databases=None) == []


def test_a_database_in_the_wrong_locale_is_refused(db):
    """A schema that comes first, with a lower() that knows ASCII only: what a database of locale C answers."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA ascii_only")
        cursor.execute(
            "CREATE FUNCTION ascii_only.lower(text) RETURNS text LANGUAGE sql IMMUTABLE AS "
            "$$ SELECT translate($1, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') $$"
        )
        cursor.execute("SET LOCAL search_path = ascii_only, pg_catalog, public")
    (problem,) = check_database(databases=["default"])
    assert problem.id == "config.E002"
    assert "lower('ĐẶNG')" in problem.msg
