"""Every address of the site, found in its own table, so that a new page is attacked the day it appears."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

# A parameter a view reads: `request.GET.get("ngay")`, `day_from(request, "ngay")`, `_id(request.POST.get("sau"))`.
READ = re.compile(r"""\.get(?:list)?\(\s*["']([\w-]+)["']|name: str = "(\w+)\"""")
# Ours only: the admin's own pages are walked model by model in `test_admin_pages`.
OURS = ("registrations.", "scheduling.", "zalo_bridge.", "procedures.", "config.", "django.contrib.auth.views")


def named_addresses() -> Iterator[tuple[str, Any, list[str]]]:
    """`(name, view, names of the parts of the address)` of every named address outside the admin."""
    for prefix, pattern in _patterns(get_resolver(), ""):
        if pattern.name and pattern.callback.__module__.startswith(OURS):
            yield f"{prefix}{pattern.name}", pattern.callback, list(pattern.pattern.converters)


@cache
def parameters_of(view: Any) -> set[str]:
    """The names a view's module reads from the query or the form, and the fields of its filter."""
    view_class = getattr(view, "view_class", None)
    module = inspect.getmodule(view_class or inspect.unwrap(view))
    names = {a or b for a, b in READ.findall(inspect.getsource(module))} if module else set()
    if filters := getattr(view_class, "filterset_class", None):
        names |= set(filters.base_filters)
    return names


def _patterns(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                yield from _patterns(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        else:
            yield prefix, entry


@dataclass(frozen=True)
class Parts:
    """Values for the gaps of addresses: by the address's name, else by the gap's."""

    numbers: dict[str, int]
    values: dict[str, Any]
    by_name: dict[str, dict[str, str]]
    slugs: list[str]

    def addresses(self, name: str, gaps: list[str]) -> list[str]:
        """The address of that name, once for each action where it names one."""
        given = {"pk": self.numbers.get(name), **self.values, **self.by_name.get(name, {})}
        if "slug" in gaps and "slug" not in given:
            return [reverse(name, kwargs={**{g: given[g] for g in gaps if g != "slug"}, "slug": s}) for s in self.slugs]
        return [reverse(name, kwargs={gap: given[gap] for gap in gaps})]
