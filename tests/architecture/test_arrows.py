"""The arrows between the apps and their doors, as `docs/architecture.md` draws them."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.imports import (
    APPS,
    BANNED_NAMES,
    Import,
    hidden_imports,
    imports_in,
    modules_of,
    why_wrong,
    wrong_imports,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def modules() -> dict[str, str]:
    return modules_of(ROOT)


def test_every_import_follows_an_arrow_through_a_door(modules):
    assert wrong_imports(modules) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("procedures.search", "import registrations.models"),
        ("procedures.search", "from scheduling.services import open_slots"),
        ("scheduling.slots", "from procedures.models import Procedure"),
        ("scheduling.slots", "def f():\n    from procedures import models"),
        ("scheduling.slots", "if TYPE_CHECKING:\n    from registrations.models import Registration"),
        ("scheduling.slots", "import_module('registrations.services')"),
        ("zalo_bridge.inbox", "from registrations import services"),
        ("zalo_bridge.client", "from zalo_bridge.simulator.store import Store"),
        ("zalo_bridge.simulator.server", "from ..models import Contact"),
        ("registrations.views", "from scheduling import models"),
        ("registrations.views", "from zalo_bridge.client import Client"),
        ("config.views", "from registrations.models import Registration"),
    ],
)
def test_a_planted_wrong_import_is_caught(module, source):
    assert len(wrong_imports({module: source})) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("registrations.views", "from scheduling import services\nfrom zalo_bridge import outbox"),
        ("registrations.views", "from registrations.models import Registration"),
        ("scheduling.slots", "from procedures.services import fold\nfrom procedures.errors import NotFound"),
        ("config.urls", "from scheduling import urls"),
        ("procedures.search", "import scheduling_of_something_else"),
    ],
)
def test_a_right_import_passes(module, source):
    assert wrong_imports({module: source}) == []


def test_no_import_hides_in_a_function(modules):
    assert hidden_imports(modules) == []
    assert hidden_imports({"procedures.search": "def f():\n    import json"})


def test_files_are_named_for_their_job(modules):
    assert [name for name in modules if BANNED_NAMES & set(name.split("."))] == []


def test_only_one_module_calls_zalo_over_http(modules):
    callers = {
        module
        for module, source in modules.items()
        for one in imports_in(source, module)
        if re.match(r"(requests|httpx|urllib3|urllib\.request|http\.client)(\.|$)", one.target)
    }
    # The supervisor of the demo asks our own web server whether it is up; the simulator posts its events.
    assert {name for name in callers if not name.startswith("zalo_bridge.simulator.")} <= {
        "zalo_bridge.client",
        "config.demo",
    }


def test_no_business_rule_hangs_on_a_signal(modules):
    found = [
        str(one)
        for module, source in modules.items()
        for one in imports_in(source, module)
        if one.target.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals"))
    ]
    assert found == []


def test_lower_apps_point_upward_by_name_only(modules):
    """A ForeignKey may name a lower app's model as text; a lower app may not name a higher one even so."""
    ranks = {
        "procedures": {"scheduling", "registrations", "zalo_bridge"},
        "scheduling": {"registrations", "zalo_bridge"},
    }
    ranks["zalo_bridge"] = {"registrations", "scheduling", "procedures"}
    found = []
    for module, source in modules.items():
        higher = ranks.get(module.split(".")[0], set())
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                match = re.fullmatch(r"(\w+)\.[A-Z]\w+", node.value)
                if match and match.group(1) in higher:
                    found.append(f"{module}:{node.lineno} names {node.value}")
    assert found == []


def test_relative_imports_are_read_right():
    assert imports_in("from ..models import A", "zalo_bridge.simulator.server") == [
        Import("zalo_bridge.simulator.server", "zalo_bridge.models.A", 1)
    ]
    assert why_wrong(Import("registrations.views", "django.db.models", 1)) == ""


def test_apps_are_what_the_tree_holds():
    assert {path.parent.name for path in ROOT.glob("*/apps.py")} == set(APPS)
