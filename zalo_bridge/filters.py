import django_filters
from django import forms

from zalo_bridge.models import OutboundMessage, WebhookEvent

DAY = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
SELECT = forms.Select(attrs={"class": "form-select"})
TEXT = forms.TextInput(attrs={"class": "form-control"})


class EventFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label="Trạng thái", choices=WebhookEvent.State, empty_label="Mọi trạng thái", widget=SELECT
    )
    event_name = django_filters.CharFilter(label="Loại sự kiện", lookup_expr="startswith", widget=TEXT)
    user_id = django_filters.CharFilter(label="Mã người dùng Zalo", widget=TEXT)
    day = django_filters.DateFilter(label="Ngày", field_name="received_at", lookup_expr="date", widget=DAY)

    class Meta:
        model = WebhookEvent
        fields = ["state", "event_name", "user_id", "day"]


class MessageFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label="Trạng thái", choices=OutboundMessage.State, empty_label="Mọi trạng thái", widget=SELECT
    )
    channel = django_filters.ChoiceFilter(
        label="Kênh", choices=OutboundMessage.Channel, empty_label="Mọi kênh", widget=SELECT
    )
    kind = django_filters.CharFilter(label="Loại tin", widget=TEXT)
    subject = django_filters.CharFilter(label="Về việc", widget=TEXT)
    day = django_filters.DateFilter(label="Ngày", field_name="created_at", lookup_expr="date", widget=DAY)

    class Meta:
        model = OutboundMessage
        fields = ["state", "channel", "kind", "subject", "day"]
