"""The search box: names without marks, phones in any form, codes, wards by old or new name, the citizen's own words."""

import re

from django.core.cache import cache
from django.db.models import QuerySet

from procedures.services import fold
from registrations.codes import ALPHABET
from registrations.models import Registration
from scheduling import services as scheduling

_CODE = re.compile(rf"^(?:ht)[\s-]?([{ALPHABET.lower()}]{{5}})$")
_PHONE = re.compile(r"^\+?[\d\s.\-()]+$")
WARD_NAMES_KEPT_S = 600
LONGEST = 100


def searched(registrations: QuerySet[Registration], text: str) -> QuerySet[Registration]:
    """Those the text points at; all of them for an empty text. Every word must be found, in any order."""
    words = fold(text)[:LONGEST]
    if not words:
        return registrations
    if code := _CODE.match(words):
        return registrations.filter(code=f"HT-{code[1].upper()}")
    if _PHONE.match(words) and (digits := national_digits(words)):
        return registrations.filter(search_text__contains=digits)
    if ward_ids := ward_names().get(_without_kind(words)):
        return registrations.filter(ward_id__in=ward_ids)
    for word in words.split():
        registrations = registrations.filter(search_text__contains=word)
    return registrations


def national_digits(text: str) -> str:
    """A phone number or a part of one as it is stored for searching: 0905123456 for +84 905 123 456."""
    digits = re.sub(r"\D", "", text)
    digits = re.sub(r"^(?:00)?84(?=\d{9}$)", "0", digits)
    return digits if digits.startswith("0") or len(digits) != 9 else f"0{digits}"


def ward_names() -> dict[str, list[int]]:
    """Folded short name of every served ward and of those merged into it → ids of today's wards."""
    known: dict[str, list[int]] | None = cache.get("registrations:ward-names")
    if known is None:
        known = {}
        for ward in scheduling.served_wards():
            names = {ward.short_name, *ward.predecessors.values_list("short_name", flat=True)}
            for name in names:
                known.setdefault(fold(name), []).append(ward.pk)
        cache.set("registrations:ward-names", known, WARD_NAMES_KEPT_S)
    return known


def _without_kind(words: str) -> str:
    return re.sub(r"^(phuong|xa|p\.?|x\.?)\s+", "", words)
