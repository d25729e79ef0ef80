"""Files of citizens: fetched from Zalo's machines and no other, within a time, never larger than allowed."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from zalo_bridge import client
from zalo_bridge.client import download
from zalo_bridge.errors import FileUnavailable

Sending = Callable[[socket.socket], None]


@pytest.fixture
def other_machine() -> Iterator[Callable[[Sending], str]]:
    """`other_machine(sending)`: its address; `sending` writes the answer. `.calls` lists whoever came."""
    doors: list[socket.socket] = []

    def open_door(sending: Sending) -> str:
        door = socket.create_server(("127.0.0.1", 0))
        doors.append(door)

        def serve() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = door.accept()
                    with caller, suppress(OSError):
                        open_door.calls.append(caller.recv(4096))  # type: ignore[attr-defined]
                        sending(caller)

        threading.Thread(target=serve, daemon=True).start()
        return f"127.0.0.1:{door.getsockname()[1]}"

    open_door.calls = []  # type: ignore[attr-defined]
    yield open_door
    for door in doors:
        # Wakes the thread that waits in accept().
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        door.close()


def plainly(body: bytes, *headers: str) -> Sending:
    head = "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: image/jpeg; x=y", "Connection: close", *headers, "", ""])
    return lambda caller: caller.sendall(head.encode() + body)


PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 800


@pytest.mark.parametrize(
    "answer",
    [
        plainly(PICTURE, f"Content-Length: {len(PICTURE)}"),
        plainly(PICTURE),
        plainly(b"%x\r\n%b\r\n0\r\n\r\n" % (len(PICTURE), PICTURE), "Transfer-Encoding: chunked"),
        plainly(gzip.compress(PICTURE), "Content-Encoding: gzip"),
    ],
    ids=["with its length", "to the end", "in chunks", "compressed"],
)
def test_a_file_arrives_however_it_is_sent(other_machine, settings, answer):
    settings.ZALO_API_URL = f"http://{other_machine(answer)}"
    assert download(f"{settings.ZALO_API_URL}/a.jpg", most_bytes=10**6) == (PICTURE, "image/jpeg")
    with pytest.raises(FileUnavailable, match="quá lớn"):
        download(f"{settings.ZALO_API_URL}/a.jpg", most_bytes=1000)


@pytest.mark.parametrize(
    "address",
    [
        "https://{here}\\@f.zadn.vn/a.jpg",
        "https://{here}@f.zadn.vn/a.jpg",
        "https://f.zadn.vn@{here}/a.jpg",
        "https://{here}/a.jpg#.zadn.vn",
        "https://{here}?f.zadn.vn/a.jpg",
        "http://{here}\\@api.invalid/a.jpg",
        "https://f.zadn.vn:8443/a.jpg",
        "http://f.zadn.vn/a.jpg",
        "https://zadn.vn.example/a.jpg",
        "file:///etc/passwd",
        "//{here}/a.jpg",
        "",
    ],
)
def test_nobody_else_is_called_however_the_address_is_written(other_machine, settings, address):
    settings.ZALO_API_URL = "http://api.invalid"
    with pytest.raises(FileUnavailable):
        download(address.format(here=other_machine(plainly(b"secret"))), most_bytes=1000)
    assert other_machine.calls == []


def test_a_file_that_drips_is_given_up_in_time(other_machine, settings, monkeypatch):
    sent = []

    def dripping(caller: socket.socket) -> None:
        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        for number in range(100):
            caller.sendall(b"x")
            sent.append(number)
            time.sleep(0.05)

    settings.ZALO_API_URL = f"http://{other_machine(dripping)}"
    monkeypatch.setattr(client, "LONGEST_DOWNLOAD_S", 0.2)
    with pytest.raises(FileUnavailable, match="quá chậm"):
        download(f"{settings.ZALO_API_URL}/a.jpg", most_bytes=10**6)
    assert len(sent) < 100, "the rest is not waited for"


def test_a_connection_cut_halfway_is_no_file(other_machine, settings):
    settings.ZALO_API_URL = f"http://{other_machine(plainly(PICTURE[:500], 'Content-Length: 1000'))}"
    with pytest.raises(FileUnavailable):
        download(f"{settings.ZALO_API_URL}/a.jpg", most_bytes=10**6)
