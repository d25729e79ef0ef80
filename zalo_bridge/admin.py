"""What administrators set up: which template carries which notice. History (events, messages) is read on /zalo/."""

from typing import Any

from django import forms
from django.contrib import admin

from zalo_bridge.models import NoticeTemplate
from zalo_bridge.templates import LONGEST, faults_of_definition


class NoticeTemplateForm(forms.ModelForm):
    class Meta:
        model = NoticeTemplate
        fields = ["kind", "channel", "template_id", "parameters", "is_enabled"]
        help_texts = {
            "kind": "Tên loại tin như trên trang Tin đi, ví dụ confirmation.",
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
    list_display = ["kind", "channel", "template_id", "is_enabled"]
    list_filter = ["channel", "is_enabled"]
    search_fields = ["kind", "template_id"]
