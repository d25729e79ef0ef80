"""The same person twice becomes one record, with the history kept and a way back."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from registrations.errors import CannotMerge
from registrations.models import Citizen, Consent, Merge, Registration

# What the kept record takes from the other where it has nothing itself.
TAKEN = ("phone", "address_line", "ward_id", "contact_id", "priority")


def merge_citizens(*, keep: Citizen, absorb: Citizen, by: User) -> Merge:
    """Requests and consents of `absorb` move to `keep`, which takes what it lacked. Raises CannotMerge."""
    if keep.pk == absorb.pk:
        raise CannotMerge("Không thể gộp một người với chính mình.")
    with transaction.atomic():
        # In order of id, so that two clerks merging the same two the other way round wait and do not deadlock.
        people = {
            c.pk: c
            for c in Citizen.objects.select_for_update(of=("self",)).filter(pk__in=[keep.pk, absorb.pk]).order_by("pk")
        }
        kept, gone = people[keep.pk], people[absorb.pk]
        if kept.merged_into_id or gone.merged_into_id:
            raise CannotMerge("Một trong hai người đã được gộp rồi. Hãy tải lại trang.")
        if kept.erased_at or gone.erased_at:
            raise CannotMerge("Một trong hai người đã rút đồng ý, dữ liệu đã xóa nên không gộp được.")
        registrations = list(Registration.objects.filter(citizen=gone).order_by("pk").values_list("pk", flat=True))
        consents = list(Consent.objects.filter(citizen=gone).order_by("pk").values_list("pk", flat=True))
        taken = {name: value for name in TAKEN if not getattr(kept, name) and (value := getattr(gone, name))}
        for name, value in taken.items():
            setattr(kept, name, value)
        kept.save(update_fields=[name.removesuffix("_id") for name in taken] or ["priority"])
        Registration.objects.filter(pk__in=registrations).update(citizen=kept)
        Consent.objects.filter(pk__in=consents).update(citizen=kept)
        gone.merged_into = kept
        gone.save(update_fields=["merged_into"])
        return Merge.objects.create(
            kept=kept, absorbed=gone, registration_ids=registrations, consent_ids=consents, taken=taken, by=by
        )


def undo_merge(*, merge: Merge, by: User) -> Merge:
    """Two people again: what moved goes back, what was taken is given back. Raises CannotMerge with a sentence."""
    with transaction.atomic():
        locked = Merge.objects.select_for_update(of=("self",)).select_related("kept", "absorbed").get(pk=merge.pk)
        if locked.undone_at is not None:
            raise CannotMerge("Lần gộp này đã được tách rồi.")
        kept, gone = locked.kept, locked.absorbed
        if kept.erased_at or gone.erased_at:
            raise CannotMerge("Dữ liệu đã xóa theo yêu cầu của người dân nên không tách được nữa.")
        if kept.merged_into_id:
            raise CannotMerge(f"{kept.name} sau đó đã được gộp tiếp. Hãy tách lần gộp sau trước.")
        Registration.objects.filter(pk__in=locked.registration_ids, citizen=kept).update(citizen=gone)
        Consent.objects.filter(pk__in=locked.consent_ids, citizen=kept).update(citizen=gone)
        # Only what is still as it was taken: a number mended since belongs to the kept record.
        given_back = [name for name, value in locked.taken.items() if getattr(kept, name) == value]
        for name in given_back:
            setattr(kept, name, None if name.endswith("_id") else "")
        if given_back:
            kept.save(update_fields=[name.removesuffix("_id") for name in given_back])
        gone.merged_into = None
        gone.save(update_fields=["merged_into"])
        locked.undone_at, locked.undone_by = timezone.now(), by
        locked.save(update_fields=["undone_at", "undone_by"])
        return locked
