"""What an office would use instead of the queue: Django's administration as it comes, showing the same columns.

Nothing is tuned and nothing is made worse: the columns of the queue in `list_display`, three of its filters, its order,
its fifty rows. `Joined` is the same by somebody who knows of `list_select_related`.
"""

from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import include, path

from registrations.models import Registration

CHANGELIST = "registrations/registration/"


class Stock(ModelAdmin):
    list_display = ("code", "citizen", "phone", "procedure", "words", "visit", "ward", "state")
    list_filter = ("state", "ward", "channel")
    list_per_page = 50
    ordering = ("-created_at",)

    def phone(self, row: Registration) -> str:
        return row.citizen.phone

    def visit(self, row: Registration) -> str:
        return str(row.appointment or "")


class Joined(Stock):
    list_select_related = ("citizen", "procedure", "appointment", "ward")


stock, joined = AdminSite(name="admin"), AdminSite(name="joined")
stock.register(Registration, Stock)
joined.register(Registration, Joined)
urlpatterns = [path("stock/", stock.urls), path("joined/", joined.urls), path("", include("config.urls"))]
