from typing import Any

from django.template import Library

register = Library()


@register.filter
def named(things: dict[str, Any], key: str) -> Any:
    """The thing of that name, or None."""
    return things.get(key)
