from datetime import date, datetime, time, timedelta

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.utils import timezone

from zalo_bridge.models import Contact, OutboundMessage, WebhookEvent, WebhookEventQuerySet
from zalo_bridge.names import event_choices, find_subject, kind_choices

DAY = forms.DateInput(attrs={"placeholder": "dd/mm/yyyy", "class": "form-control"}, format="%d/%m/%Y")
SELECT = forms.Select(attrs={"class": "form-select"})
TEXT = forms.TextInput(attrs={"class": "form-control"})
# The calendar ends at 31/12/9999: the day after it is no day.
YEARS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 12, 31))]
FAILED_TODAY = "failed_today"
WAS_SENT = Q(state__in=OutboundMessage.ARRIVED_STATES)
# Chat costs only what Zalo says it took from bought messages; templates always cost.
IS_CHARGED = ~Q(channel=OutboundMessage.Channel.CHAT) | Q(counted_as="purchase_quota")


class EventFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label="Trạng thái", choices=WebhookEvent.State, empty_label="Mọi trạng thái", widget=SELECT
    )
    event_name = django_filters.ChoiceFilter(
        label="Loại sự kiện", choices=event_choices, empty_label="Mọi loại", widget=SELECT
    )
    # A row of ours, not Zalo's id of the person: addresses end up in logs, histories and bookmarks.
    nguoi = django_filters.ModelChoiceFilter(
        queryset=Contact.objects.all(), widget=forms.HiddenInput(), method="filter_person"
    )
    day = django_filters.DateFilter(label="Ngày", field_name="received_at", lookup_expr="date", widget=DAY)

    class Meta:
        model = WebhookEvent
        fields = ["state", "event_name", "nguoi", "day"]

    def filter_person(self, events: WebhookEventQuerySet, name: str, value: Contact) -> WebhookEventQuerySet:
        return events.about(value.user_id)


class MessageFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label="Trạng thái",
        choices=[*OutboundMessage.State.choices, (FAILED_TODAY, "Không gửi được hôm nay")],
        empty_label="Mọi trạng thái",
        widget=SELECT,
        method="filter_state",
    )
    channel = django_filters.ChoiceFilter(
        label="Kênh", choices=OutboundMessage.Channel, empty_label="Mọi kênh", widget=SELECT
    )
    kind = django_filters.ChoiceFilter(label="Loại tin", choices=kind_choices, empty_label="Mọi loại", widget=SELECT)
    subject = django_filters.CharFilter(label="Mã hồ sơ", widget=TEXT, method="filter_subject")
    tu = django_filters.DateFilter(label="Từ ngày", widget=DAY, validators=YEARS, method="filter_from")
    den = django_filters.DateFilter(label="Đến ngày", widget=DAY, validators=YEARS, method="filter_until")
    money = django_filters.ChoiceFilter(
        label="Phí",
        choices=[("sent", "Đã gửi được"), ("charged", "Có tính phí")],
        empty_label="Mọi tin",
        widget=SELECT,
        method="filter_money",
    )
    nguoi = django_filters.ModelChoiceFilter(
        queryset=Contact.objects.all(), field_name="contact", widget=forms.HiddenInput()
    )

    class Meta:
        model = OutboundMessage
        fields = ["state", "channel", "kind", "subject", "nguoi", "tu", "den", "money"]

    def filter_state(self, queryset: QuerySet[OutboundMessage], name: str, value: str) -> QuerySet[OutboundMessage]:
        return queryset.filter(failed_today(timezone.now()) if value == FAILED_TODAY else Q(state=value))

    def filter_subject(self, queryset: QuerySet[OutboundMessage], name: str, value: str) -> QuerySet[OutboundMessage]:
        return queryset.filter(subject=find_subject(value.strip()))

    def filter_from(self, queryset: QuerySet[OutboundMessage], name: str, value: date) -> QuerySet[OutboundMessage]:
        return queryset.filter(created_at__gte=_midnight(value))

    def filter_until(self, queryset: QuerySet[OutboundMessage], name: str, value: date) -> QuerySet[OutboundMessage]:
        return queryset.filter(created_at__lt=_midnight(value + timedelta(days=1)))

    def filter_money(self, queryset: QuerySet[OutboundMessage], name: str, value: str) -> QuerySet[OutboundMessage]:
        return queryset.filter(WAS_SENT & IS_CHARGED if value == "charged" else WAS_SENT)


def failed_today(now: datetime) -> Q:
    """Messages, however old, that were tried or ran out of time today and did not go."""
    today = _midnight(timezone.localdate(now))
    is_of_today = Q(created_at__gte=today) | Q(give_up_at__range=(today, now)) | Q(claimed_at__gte=today)
    return is_of_today & Q(state__in=(OutboundMessage.State.FAILED, OutboundMessage.State.EXPIRED))


def _midnight(day: date) -> datetime:
    """Compared as a moment, so that the index on the column serves."""
    return timezone.make_aware(datetime.combine(day, time.min))
