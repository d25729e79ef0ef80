"""Start a program so that it ends with whoever started it, and, on request, without root's rights.

Run as a file (`python -I -S config/launch.py …`), never imported: it replaces itself with the program.

    launch.py PARENT_PID SIGNAL {same,nobody} PROGRAM [ARGUMENT …]

SIGNAL is what the kernel sends the program when the process PARENT_PID dies, even by kill -9 (Linux only; elsewhere the
next start finds what was left behind).

`nobody`: PostgreSQL refuses to run as root, and user `nobody` may not enter a checkout under /root or any 0700 folder.
Rather than open those folders to everybody or copy the server elsewhere, the program keeps one capability across the
change of user: CAP_DAC_READ_SEARCH (look, never write), or CAP_DAC_OVERRIDE where the first is not to be had (Docker's
default set) or the program's file may only be run by its owner (umask 077).
"""

import ctypes
import os
import pwd
import stat
import struct
import sys

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
# Leave capabilities alone when the user changes, and count them in access(2), with which initdb looks for its helpers.
SECBIT_NO_SETUID_FIXUP = 4
CAPABILITY_VERSION_3 = 0x20080522


def call(name: str, *arguments: object) -> None:
    """Call libc; an error number becomes an OSError."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def permitted_capabilities() -> int:
    """The set this process may use, as a bit mask."""
    header = ctypes.create_string_buffer(struct.pack("=II", CAPABILITY_VERSION_3, 0))
    data = ctypes.create_string_buffer(24)
    call("capget", header, data)
    words = struct.unpack("=6I", data.raw)
    return words[1] | words[4] << 32


def set_capabilities(mask: int) -> None:
    """Make `mask` the effective, permitted and inheritable set."""
    low, high = mask & 0xFFFFFFFF, mask >> 32
    header = ctypes.create_string_buffer(struct.pack("=II", CAPABILITY_VERSION_3, 0))
    call("capset", header, ctypes.create_string_buffer(struct.pack("=6I", low, low, low, high, high, high)))


def become_nobody(program: str) -> None:
    """Give up root for user `nobody`, keeping what is needed to reach the program and its files, if it can be kept."""
    nobody = pwd.getpwnam("nobody")
    owner_only = not os.stat(program).st_mode & stat.S_IXOTH
    permitted = permitted_capabilities()
    wanted = [CAP_DAC_OVERRIDE] if owner_only else [CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE]
    kept = next((capability for capability in wanted if permitted >> capability & 1), None)
    if kept is not None:
        call("prctl", PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
    os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
    if kept is None:
        return  # a checkout that everybody may enter needs none; any other fails with the server's own message
    set_capabilities(1 << kept)  # drops all others
    call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept, 0, 0)


def main(parent: int, signal_number: int, user: str, program: str, *arguments: str) -> None:
    if user == "nobody":
        become_nobody(program)
    # After the change of user, which would clear it.
    if sys.platform == "linux":
        call("prctl", PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # died before we could ask
            sys.exit("launch.py: the process that started this one is gone")
    os.execv(program, [program, *arguments])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
