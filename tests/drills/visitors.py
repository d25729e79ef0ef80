"""Citizens of a drill who talk with the office's own conversation until they have a visit."""

import time
from collections.abc import Callable

from tests.zalo import Person


class Visitor:
    """Answers each message as it comes, as a person would; never says a thing twice for lack of an answer."""

    def __init__(self, person: Person, number: int):
        self.person = person
        # Letters: a name with a digit is asked for again.
        self.name = f"Người Mẫu {chr(ord('A') + number // 26)}{chr(ord('a') + number % 26)}"
        self.phone = f"849000000{number:02}"
        self.read = 0
        self.has_begun = False
        self.is_done = False

    def look(self) -> None:
        """Read what is new and answer it."""
        inbox = self.person.inbox()
        new, self.read = inbox[self.read :], len(inbox)
        for message in new:
            text = message.text
            if message.kind != "text":
                self.person.shares_info(name=self.name, phone=self.phone)
            elif "Chúc mừng" in text or self.is_done:
                self.is_done = True
            elif not self.has_begun:
                self.has_begun = True
                self.person.says("#dangky")
            elif "gõ tên thủ tục" in text:
                self.person.says("bán lẻ rượu")
            elif "\n1. " in text and "Chia sẻ thông tin" not in text:
                self.person.says("1")


def converse(visitors: list[Visitor], *, patience_s: float, meanwhile: Callable[[], None]) -> None:
    """Until all have their visit. `meanwhile` is called again and again."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end and not all(visitor.is_done for visitor in visitors):
        for visitor in visitors:
            visitor.look()
        meanwhile()
        time.sleep(0.1)
