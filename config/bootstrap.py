"""Make `.venv` and install what `requirements/<kind>.txt` pins. Standard library only: it runs first.

    python3 config/bootstrap.py {base,demo,dev}

Skips in a moment when nothing changed since the last time. Everything it says is for the person at the terminal.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SYSTEM_PYTHON = Path("/usr/bin/python3")
PIP = ["-m", "pip", "install", "--progress-bar", "off", "--require-hashes"]
PIP_ENV = {**os.environ, "PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
# What a richer set already covers need not be installed again.
COVERED_BY = {"base": ["demo", "dev"], "demo": ["dev"], "dev": []}


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def stamp_of(kind: str) -> str:
    pins = (ROOT / "requirements" / f"{kind}.txt").read_bytes()
    return hashlib.sha256(pins + sys.version.encode()).hexdigest()


def is_installed(kind: str) -> bool:
    stamp = VENV / f"installed-{kind}"
    return stamp.exists() and stamp.read_text() == stamp_of(kind)


def works() -> bool:
    """Whether `.venv` has a Python that runs and a pip: it may be half made, or its Python since removed."""
    try:
        return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def best_built() -> str:
    """This Python, or the system's of the same version where somebody built this one without a profile.

    A distribution measures its Python while building it; pyenv does not unless told to, and is an eighth slower at this
    project's work.
    """
    is_measured = sys.base_prefix == "/usr" or "--enable-optimizations" in str(sysconfig.get_config_var("CONFIG_ARGS"))
    same = f"import ensurepip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if is_measured or not SYSTEM_PYTHON.exists():
        return sys.executable
    fits = subprocess.run([SYSTEM_PYTHON, "-c", same], capture_output=True, check=False).returncode == 0
    return str(SYSTEM_PYTHON) if fits else sys.executable


def make_venv() -> None:
    python = best_built()
    if python == sys.executable and importlib.util.find_spec("ensurepip") is None:
        sys.exit("Máy này thiếu phần tạo môi trường Python. Trên Debian, Ubuntu: sudo apt install python3-venv")
    say(f"Tạo môi trường Python {sys.version_info[0]}.{sys.version_info[1]} trong .venv, từ {python} …")
    subprocess.run([python, "-m", "venv", "--clear", VENV], check=True)


def install(kind: str) -> None:
    pins = ROOT / "requirements" / f"{kind}.txt"
    total = sum("==" in line and not line.startswith((" ", "#")) for line in pins.read_text().splitlines())
    say(f"Cài {total} thư viện (lần đầu mất nửa phút đến hai phút) …")
    if not install_by_uv(pins):
        install_by_pip(pins, total)
    (VENV / f"installed-{kind}").write_text(stamp_of(kind))


def install_by_uv(pins: Path) -> bool:
    """Whether uv did it: many times faster than pip, but there are machines where only pip finds the packages."""
    installer = ROOT / "requirements" / "installer.txt"
    if not installer.exists() or not quietly([*PIP, "-q", "-r", installer], PIP_ENV):
        return False
    say("  uv tải, giải nén và biên dịch …")
    uv = ["-m", "uv", "pip", "install", "--python", PYTHON, "--compile-bytecode", "--require-hashes", "-r", pins]
    return quietly(uv, {**os.environ, "UV_HTTP_TIMEOUT": "15"})


def quietly(arguments: Sequence[Any], env: dict[str, str]) -> bool:
    """Whether `.venv`'s Python did it. What it says is for nobody: whoever comes after says what went wrong."""
    done = subprocess.run([PYTHON, *arguments], env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0


def install_by_pip(pins: Path, total: int) -> None:
    pip = subprocess.Popen(
        [PYTHON, *PIP, "-r", pins],
        env=PIP_ENV,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said, fetched = [], 0
    for line in pip.stdout or []:
        said.append(line)
        if line.startswith(("Collecting ", "Requirement already")):
            fetched += 1
            if sys.stdout.isatty():
                sys.stdout.write(f"\r  {fetched}/{total} {line.split()[1]:<50.50}")
                sys.stdout.flush()
            elif fetched % 20 == 0:
                say(f"  {fetched}/{total}")
        elif line.startswith("Installing "):
            say(("\r" if sys.stdout.isatty() else "") + f"  {total}/{total}, đang giải nén …" + " " * 40)
    if pip.wait() != 0:
        sys.exit("".join(said[-20:]) + "\nKhông cài được thư viện. Kiểm tra kết nối mạng rồi chạy lại lệnh vừa rồi.")


def main(kind: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - this very file is what tells an older Python
        sys.exit(
            f"Cần Python 3.11 trở lên; python3 ở máy này là {sys.version.split()[0]}. "
            "Nếu có bản mới hơn, chỉ định nó, ví dụ: make demo PYTHON=python3.12"
        )
    if not works():
        make_venv()
    if not any(is_installed(one) for one in [kind, *COVERED_BY[kind]]):
        install(kind)


if __name__ == "__main__":
    main(sys.argv[1])
