"""What administrators set up: which template carries which notice. History (events, messages) is read on /zalo/."""

from typing import Any

from django import forms
from django.contrib import admin

from zalo_bridge.models import MessagePrice, NoticeTemplate
from zalo_bridge.names import kind_choices, kind_title
from zalo_bridge.templates import LONGEST, faults_of_definition


class NoticeTemplateForm(forms.ModelForm):
    kind = forms.ChoiceField(label="Loại tin", choices=kind_choices)

    class Meta:
        model = NoticeTemplate
        fields = ["kind", "channel", "template_id", "parameters", "is_enabled"]
        help_texts = {
            "template_id": "Mã mẫu tin đã được Zalo duyệt.",
            "parameters": "Mảng JSON. Ví dụ: "
            '[{"name": "customer_name", "value": "name", "type": "name", "max_length": 30}]. '
            "name: tên tham số trong mẫu; value: tên dữ liệu của hệ thống; type: " + ", ".join(LONGEST) + ".",
        }

    def clean_parameters(self) -> Any:
        parameters = self.cleaned_data["parameters"] or []
        if faults := faults_of_definition(parameters):
            raise forms.ValidationError(faults)
        return parameters


@admin.register(NoticeTemplate)
class NoticeTemplateAdmin(admin.ModelAdmin):
    form = NoticeTemplateForm
    list_display = ["kind_title", "channel", "template_id", "is_enabled"]
    list_filter = ["channel", "is_enabled"]
    search_fields = ["template_id"]

    @admin.display(description="loại tin", ordering="kind")
    def kind_title(self, template: NoticeTemplate) -> str:
        return kind_title(template.kind)


class MessagePriceForm(forms.ModelForm):
    kind = forms.ChoiceField(
        label="Loại tin",
        required=False,
        choices=lambda: [("", "Mọi loại tin chưa có giá riêng"), *kind_choices()],
    )

    class Meta:
        model = MessagePrice
        fields = ["channel", "kind", "dong", "valid_from", "is_certain", "source"]


@admin.register(MessagePrice)
class MessagePriceAdmin(admin.ModelAdmin):
    """What the statistics reckon the cost of messages with."""

    form = MessagePriceForm
    list_display = ["channel", "kind_title", "dong", "valid_from", "is_certain", "source"]
    list_filter = ["channel", "is_certain"]

    @admin.display(description="loại tin", ordering="kind")
    def kind_title(self, price: MessagePrice) -> str:
        return kind_title(price.kind) or "mọi loại"
