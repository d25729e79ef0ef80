"""The wards of today that this office serves, and reading an address against the table of wards."""

from functools import lru_cache

from django.db import connection

from scheduling.addresses import AddressReading, resolve
from scheduling.gazetteer import Gazetteer, packaged_gazetteer
from scheduling.models import Ward


def served_wards() -> list[Ward]:
    """Today's wards in the served area, by name."""
    return list(Ward.objects.filter(is_served=True, valid_to__isnull=True).order_by("name"))


def ward_of_code(code: str) -> Ward | None:
    """Today's ward with this code (a code names other wards in other years)."""
    return Ward.objects.filter(code=code, valid_to__isnull=True).first()


def resolve_address(text: str, *, ward: str = "", district: str = "", city: str = "") -> AddressReading:
    """Which of today's wards an address lies in, by the table of wards as the office keeps it.

    `text` is the address line; the parts are what a form gave, old or new names alike. `ward` and `candidates` of the
    answer are codes: see `ward_of_code`.
    """
    parts = {"address": text, "ward": ward, "district": district, "city": city}
    return resolve(parts if ward or district or city else text, _gazetteer())


def _gazetteer() -> Gazetteer:
    """Built once for each state of the table; one small query asks whether it changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(xmin::text::bigint), 0),"
            " (SELECT count(*) FROM scheduling_ward_successors) FROM scheduling_ward"
        )
        count, versions, links = cursor.fetchone()
    return _built(int(count), int(versions), int(links)) if count else packaged_gazetteer()


@lru_cache(maxsize=2)
def _built(count: int, versions: int, links: int) -> Gazetteer:
    """The arguments are the state of the table; only the cache looks at them."""
    return Gazetteer.from_wards(Ward.objects.prefetch_related("successors"))
