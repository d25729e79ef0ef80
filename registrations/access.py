"""Who may see which requests. Every view fetches through here."""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet

from registrations.models import Registration

SEE_ALL = "registrations.view_registration"
OWN_VISITS = "registrations.work_on_own_visits"


def visible_to(user: User | AnonymousUser) -> QuerySet[Registration]:
    """All requests for who works the queue; their own visits for who goes out; nothing for anybody else."""
    if not isinstance(user, User):
        return Registration.objects.none()
    if user.has_perm(SEE_ALL):
        return Registration.objects.all()
    if user.has_perm(OWN_VISITS):
        return Registration.objects.filter(
            appointment__assignments__staff__user_id=user.pk, appointment__assignments__is_active=True
        )
    return Registration.objects.none()
