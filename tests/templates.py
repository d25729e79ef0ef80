"""Unknown template variables fail the test when the template is ours."""

import inspect
from pathlib import Path

import pytest
from django.template.base import FilterExpression, Node

HARMLESS_FILTERS = {"default", "default_if_none"}


class FailOnUnknownVariable:
    """Stands in for Django's `string_if_invalid`, asked twice for each unknown name: "%s" in it, then it % name.

    Django's own templates and those of packages rely on unknown names being empty, so only files under `base_dir`
    (and not in a virtual environment) fail. `{{ name|default:"…" }}` says that the name may be missing.
    """

    def __init__(self, base_dir: Path):
        self.base_dir = str(base_dir)

    def __contains__(self, text: str) -> bool:
        return text == "%s"

    def __str__(self) -> str:
        return ""

    def __mod__(self, name: object) -> str:
        origin = ""
        frame = inspect.currentframe()
        while frame is not None:
            who = frame.f_locals.get("self")
            if isinstance(who, FilterExpression):
                if HARMLESS_FILTERS & {getattr(function, "_filter_name", "") for function, _ in who.filters}:
                    return ""
            elif isinstance(who, Node) and not origin:
                origin = str(getattr(getattr(who, "origin", None), "name", ""))
            frame = frame.f_back
        if origin.startswith(self.base_dir) and "site-packages" not in origin:
            pytest.fail(f"unknown template variable {name} in {origin.removeprefix(self.base_dir)}")
        return ""
