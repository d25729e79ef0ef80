"""The code a citizen reads out over the phone: no letter that looks or sounds like another."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 5


def new_code() -> str:
    """`HT-` and five characters: 24 million codes. Unique only once stored (`registration.code` is)."""
    return "HT-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
