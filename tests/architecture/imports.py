"""Which module imports what, read from the source: also inside functions and under TYPE_CHECKING."""

import ast
from dataclasses import dataclass
from pathlib import Path

APPS = ("config", "registrations", "scheduling", "procedures", "zalo_bridge")
MAY_USE = {
    "config": {"registrations", "scheduling", "procedures", "zalo_bridge"},
    "registrations": {"scheduling", "procedures", "zalo_bridge"},
    "scheduling": {"procedures"},
    "procedures": set(),
    "zalo_bridge": set(),
}
DOORS = {"services", "errors"}
MORE_DOORS = {"zalo_bridge": {"outbox"}}
# Each app's own names that Django or Celery look up from the project's level.
OPEN_TO_CONFIG = {"urls"}
SIMULATOR = "zalo_bridge.simulator"
BANNED_NAMES = {"utils", "util", "common", "core", "helpers", "misc"}


@dataclass(frozen=True)
class Import:
    """`module` (dotted, as a file) names `target` (dotted; for `from a import b` it is `a.b`)."""

    module: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def imports_in(source: str, module: str) -> list[Import]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [Import(module, alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")[: -node.level]
                base = ".".join([*parents, *([base] if base else [])])
            found += [Import(module, f"{base}.{alias.name}", node.lineno) for alias in node.names]
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name | ast.Attribute)
            and (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) in {"import_module", "__import__"}
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            found.append(Import(module, str(node.args[0].value), node.lineno))
    return found


def modules_of(root: Path) -> dict[str, str]:
    """Source by dotted name, of all apps, tests left out."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path.read_text()
        for app in APPS
        for path in sorted((root / app).rglob("*.py"))
    }


def wrong_imports(modules: dict[str, str]) -> list[str]:
    """Sentences about every import that goes against an arrow, past a door, or between the bridge and its stand-in."""
    return [
        f"{one}: {reason}"
        for module, source in modules.items()
        for one in imports_in(source, module)
        if (reason := why_wrong(one))
    ]


def why_wrong(one: Import) -> str:
    here, there = one.module.split(".")[0], one.target.split(".")[0]
    if there not in APPS:
        return ""
    if here == there == "zalo_bridge":
        inside, target_inside = is_simulator(one.module), is_simulator(one.target)
        if inside and not target_inside:
            return "the simulator plays somebody else's computer; it knows nothing of the bridge"
        if target_inside and not inside:
            return "the bridge does not know whether the Zalo it talks to is simulated"
        return ""
    if here == there:
        return ""
    if there not in MAY_USE[here]:
        return f"{here} may not use {there}"
    door = (one.target.split(".") + [""])[1]
    if door in DOORS | MORE_DOORS.get(there, set()) or (here == "config" and door in OPEN_TO_CONFIG):
        return ""
    return f"only the door of {there} is open ({', '.join(sorted(DOORS | MORE_DOORS.get(there, set())))})"


def is_simulator(dotted: str) -> bool:
    return dotted == SIMULATOR or dotted.startswith(SIMULATOR + ".")


def hidden_imports(modules: dict[str, str]) -> list[str]:
    """Imports inside functions: they hide a dependency from the reader, usually a circle."""
    found = []
    for module, source in modules.items():
        for function in ast.walk(ast.parse(source)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [
                    f"{module}:{node.lineno} imports inside {function.name}()"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom) and not is_ready_hook(module, function.name)
                ]
    return found


def is_ready_hook(module: str, function: str) -> bool:
    """`AppConfig.ready()` must import late: models do not exist before."""
    return module.endswith(".apps") and function == "ready"
