"""What a person with a bare machine is told, and what is not done twice."""

import importlib.util
import sys
import sysconfig
from pathlib import Path

import pytest

from config import bootstrap


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with pins and no environment yet."""
    (tmp_path / "requirements").mkdir()
    for kind in bootstrap.COVERED_BY:
        (tmp_path / "requirements" / f"{kind}.txt").write_text(f"{kind}==1 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "SYSTEM_PYTHON", Path("/nowhere/python3"))
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    return tmp_path


def test_an_old_python_is_told_what_is_needed(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"Cần Python 3\.11 trở lên.*PYTHON=python3\.12"):
        bootstrap.main("demo")


def test_a_debian_without_venv_is_told_which_package_to_install(checkout, monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find_spec(name))
    with pytest.raises(SystemExit, match="sudo apt install python3-venv"):
        bootstrap.main("demo")


def test_what_is_installed_is_not_installed_again(checkout):
    (checkout / ".venv").mkdir()
    assert not bootstrap.is_installed("demo")
    (checkout / ".venv" / "installed-demo").write_text(bootstrap.stamp_of("demo"))
    assert bootstrap.is_installed("demo")


def test_changed_pins_are_installed_anew(checkout):
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "installed-demo").write_text(bootstrap.stamp_of("demo"))
    (checkout / "requirements" / "demo.txt").write_text("demo==2 \\\n    --hash=sha256:1\n")
    assert not bootstrap.is_installed("demo")


def test_where_uv_cannot_be_had_pip_is_left_to_do_it(checkout):
    assert not bootstrap.install_by_uv(checkout / "requirements" / "demo.txt")
    (checkout / "requirements" / "installer.txt").write_text("uv==0 \\\n    --hash=sha256:0\n")
    (checkout / ".venv" / "bin").mkdir(parents=True)
    bootstrap.PYTHON.symlink_to("/bin/false")
    assert not bootstrap.install_by_uv(checkout / "requirements" / "demo.txt")


def test_a_half_made_environment_does_not_count_as_one(checkout):
    assert not bootstrap.works()
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    assert not bootstrap.works()


@pytest.mark.parametrize(
    ("arguments", "says", "chosen"),
    [
        ("", "exit 0", "system"),
        ("--enable-optimizations", "exit 0", "this"),
        ("", "exit 1", "this"),  # another version, or no way to make an environment
    ],
)
def test_of_two_pythons_of_one_version_the_better_built_one_is_taken(tmp_path, monkeypatch, arguments, says, chosen):
    system = tmp_path / "python3"
    system.write_text(f"#!/bin/sh\n{says}\n")
    system.chmod(0o755)
    monkeypatch.setattr(bootstrap, "SYSTEM_PYTHON", system)
    monkeypatch.setattr(sys, "base_prefix", "/opt/own-build")
    monkeypatch.setattr(sysconfig, "get_config_var", {"CONFIG_ARGS": arguments}.get)
    assert bootstrap.best_built() == {"system": str(system), "this": sys.executable}[chosen]
    system.unlink()
    assert bootstrap.best_built() == sys.executable
