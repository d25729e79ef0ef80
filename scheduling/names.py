"""What members of staff are called, on screens and in what is kept of them."""

from django.contrib.auth.models import AbstractUser

# What the columns that keep such a name hold.
LONGEST = 150


def staff_name(user: AbstractUser) -> str:
    """The full name, else the one they sign in with; at most 150 characters."""
    return (user.get_full_name() or user.get_username())[:LONGEST]
