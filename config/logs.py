"""The last net under "no personal data in logs": what slipped into a line is masked before the line is written.

It works on the finished text, tracebacks included. Code that logs must still not put such things in: a name has no
shape a pattern could know.
"""

import logging
import re

# A telephone number as people and E.164 write it, but not part of a longer number (Zalo's ids have 19 digits).
PHONE = re.compile(r"(?<![\d.])(?:\+?84[ .-]?|0)[1-9](?:[ .-]?\d){7,9}(?!\d)")
# Whoever has such an address can open the page.
KEYED_ADDRESS = re.compile(r"(/dat-lich/|/lich/ics/)[^/\s'\"]+")


def masked(text: str) -> str:
    return PHONE.sub("•phone•", KEYED_ADDRESS.sub(r"\1•token•", text))


class MaskingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
