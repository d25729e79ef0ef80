"""Where the office keeps its catalogue: procedures with papers and words, and a box to try what search would answer."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from procedures import services
from procedures.models import DossierComponent, Field, Keyword, Procedure, ProcedureVersion, VnFold
from procedures.text import fold


class RowForm(ModelForm):
    """A row under its procedure. Django leaves the parent out when it checks constraints of inline rows, so that one
    listed twice would only be met by the database."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self.add_error(None, error)


class DossierComponentInline(admin.TabularInline):
    model = DossierComponent
    form = RowForm
    fields = ["position", "text"]
    extra = 1


class KeywordInline(admin.TabularInline):
    model = Keyword
    form = RowForm
    fields = ["phrase", "is_misleading"]
    extra = 2


class ProcedureVersionInline(admin.TabularInline):
    model = ProcedureVersion
    fields = ["number", "created_at", "author", "reason"]
    readonly_fields = ["number", "created_at", "author", "reason"]
    ordering = ["-number"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class InForce(admin.SimpleListFilter):
    title = "hiệu lực"
    parameter_name = "hieu-luc"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("co", "Đang áp dụng"), ("khong", "Ngừng hoặc chưa áp dụng")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Procedure]) -> QuerySet[Procedure]:
        in_force = Procedure.objects.in_force().values("pk")
        if self.value() == "co":
            return queryset.filter(pk__in=in_force)
        return queryset.exclude(pk__in=in_force) if self.value() == "khong" else queryset


class Doubtful(admin.SimpleListFilter):
    title = "điều chưa chắc"
    parameter_name = "chua-chac"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("phi", "Phí chưa xác nhận"), ("giay-to", "Giấy tờ chưa xác nhận"), ("ma", "Chưa có mã quốc gia")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Procedure]) -> QuerySet[Procedure]:
        doubts = {
            "phi": Q(fee_is_certain=False),
            "giay-to": Q(papers_are_certain=False),
            "ma": Q(code=""),
        }
        return queryset.filter(doubts[value], is_in_scope=True) if (value := self.value()) in doubts else queryset


@admin.register(Procedure)
class ProcedureAdmin(admin.ModelAdmin):
    change_list_template = "procedures/admin/change_list.html"
    list_display = ["public_id", "short_name", "action", "field", "is_in_scope", "fee_is_certain", "active_to"]
    list_display_links = ["public_id", "short_name"]
    list_filter = ["is_in_scope", InForce, Doubtful, "field", "action"]
    list_select_related = ["field"]
    search_fields = ["name"]  # how the box says it can search; get_search_results does it
    search_help_text = "Tên, mã hoặc từ khóa; có dấu hay không dấu đều được"
    inlines = [DossierComponentInline, KeywordInline, ProcedureVersionInline]
    readonly_fields = ["current_version", "updated_at"]
    save_on_top = True
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = [
        (None, {"fields": ["name", "short_name", ("code", "local_id"), ("field", "family", "action"), "position"]}),
        ("Nói với người dân", {"fields": [
            ("processing_days", "processing_note"), ("fee", "fee_is_certain"), "papers_are_certain",
            ("result", "validity"), "legal_bases", "portal_url", "visit_minutes",
        ]}),
        ("Phạm vi, hiệu lực", {"fields": [("is_in_scope", "refer_to"), ("active_from", "active_to")]}),
        ("Chỉ cán bộ thấy", {"fields": ["doubts", "sources", ("level", "online_level")]}),
        ("Lịch sử", {"fields": [("current_version", "updated_at")]}),
    ]  # fmt: skip

    @admin.display(description="mã", ordering="local_id")
    def public_id(self, procedure: Procedure) -> str:
        return procedure.public_id

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Procedure], search_term: str
    ) -> tuple[QuerySet[Procedure], bool]:
        folded = fold(search_term)
        if not folded:
            return queryset, False
        by_name = Procedure.objects.annotate(folded_name=VnFold("name")).filter(folded_name__contains=folded)
        by_word = Keyword.objects.filter(folded__contains=folded, is_misleading=False)
        by_code = Q(code__startswith=search_term.strip()) | Q(local_id__istartswith=search_term.strip())
        return queryset.filter(Q(pk__in=by_name.values("pk")) | Q(pk__in=by_word.values("procedure")) | by_code), False

    def has_delete_permission(self, request: HttpRequest, obj: Procedure | None = None) -> bool:
        # Registrations point at it for ever: a procedure ends by its last day, never by vanishing.
        return False

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # After the papers and words, in the same transaction: the version must hold them.
        procedure = Procedure.objects.get(pk=form.instance.pk)
        services.record_version(procedure=procedure, reason="Sửa trong trang quản trị", author=request.user)  # type: ignore[arg-type]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.try_a_phrase)
        return [path("thu-mot-cau/", view, name="procedures_procedure_try"), *super().get_urls()]

    def try_a_phrase(self, request: HttpRequest) -> HttpResponse:
        """What search would answer to a phrase, and why. By POST: a citizen's words belong in no address or log."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        words = request.POST.get("cau", "").strip()[:500]
        explanation = services.explain(words) if words else None
        context = {
            **self.admin_site.each_context(request),
            "title": "Thử một câu",
            "opts": self.model._meta,
            "words": words,
            "explanation": explanation,
            "found": {item.public_id: item for item in services.procedures_in(explanation.result)}
            if explanation
            else {},
        }
        return TemplateResponse(request, "procedures/admin/try.html", context)


@admin.register(Field)
class FieldAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "position"]
    list_editable = ["position"]

    def has_delete_permission(self, request: HttpRequest, obj: Field | None = None) -> bool:
        return obj is not None and not obj.procedures.exists() and super().has_delete_permission(request, obj)
