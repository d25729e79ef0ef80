"""Whether processes are really gone; one that only waits to be reaped by its parent is."""

from collections.abc import Iterable

import psutil

from config.processes import wait_until


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def are_gone(processes: Iterable[psutil.Process], *, timeout_s: float = 20) -> bool:
    return wait_until(lambda: not any(map(is_alive, processes)), timeout_s=timeout_s)
