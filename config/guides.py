"""The short guides, one per role. The pictures in them are taken by a browser test, from the screens as they are."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


@dataclass(frozen=True)
class Guide:
    slug: str
    title: str
    permission: str  # whoever has it finds this guide first


GUIDES = (
    Guide("lanh-dao", "Lãnh đạo", "registrations.view_statistics"),
    Guide("xac-minh", "Tiếp nhận, xác minh", "registrations.verify_registration"),
    Guide("can-bo", "Cán bộ đi hỗ trợ", "registrations.work_on_own_visits"),
    Guide("quan-tri", "Quản trị", "auth.change_user"),
)


def guide_for(user: AbstractBaseUser | AnonymousUser) -> Guide:
    """The guide to open first: an administrator may do everything, so the rarest permission decides."""
    for slug in ("quan-tri", "lanh-dao", "xac-minh", "can-bo"):
        guide = next(guide for guide in GUIDES if guide.slug == slug)
        if user.has_perm(guide.permission):  # type: ignore[union-attr]
            return guide
    return GUIDES[1]
