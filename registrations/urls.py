from django.urls import path, register_converter

from registrations.codes import ALPHABET, LENGTH
from registrations.views import (
    actions,
    bulk,
    calls,
    doubles,
    exporting,
    intake,
    notifications,
    phone_list,
    queue,
    requests,
    statistics,
    upkeep,
)
from registrations.views import my_visits as visits


class CodeConverter:
    """A registration code in an address."""

    regex = f"HT-[{ALPHABET}]{{{LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CodeConverter, "code")

app_name = "registrations"
urlpatterns = [
    path("ho-so/", queue.queue, name="queue"),
    path("ho-so/tim/", queue.search, name="search"),
    path("ho-so/moi/", queue.news, name="news"),
    path("ho-so/danh-sach/", queue.save_view, name="save_view"),
    path("ho-so/cot/", queue.choose_columns, name="columns"),
    path("ho-so/hang-loat/", bulk.bulk, name="bulk"),
    path("ho-so/hoan-tac/<str:key>/", actions.take_back, name="take_back"),
    path("ho-so/them/", intake.new, name="new"),
    path("ho-so/xuat/", exporting.export, name="export"),
    path("ho-so/xuat/<int:pk>/", exporting.progress, name="export_progress"),
    path("ho-so/xuat/<int:pk>/tep/", exporting.download, name="export_file"),
    path("ho-so/<code:code>/", requests.case, name="case"),
    path("ho-so/<code:code>/sua/", requests.edit, name="edit"),
    path("ho-so/<code:code>/phieu/", requests.checklist, name="checklist"),
    path("ho-so/<code:code>/so-dien-thoai/", requests.reveal_phone, name="reveal_phone"),
    path("ho-so/<code:code>/ghi-chu/", requests.note, name="note"),
    path("ho-so/<code:code>/ghi-chu/<int:pk>/bo/", requests.unnote, name="unnote"),
    path("ho-so/<code:code>/theo-doi/", requests.follow, name="follow"),
    path("ho-so/<code:code>/giu/", requests.hold, name="hold"),
    path("ho-so/<code:code>/trung/", doubles.doubles, name="doubles"),
    path("ho-so/<code:code>/trung/gop/", doubles.merge, name="merge"),
    path("ho-so/<code:code>/trung/tach/", doubles.unmerge, name="unmerge"),
    path("ho-so/<code:code>/<slug:slug>/", actions.act, name="act"),
    path("can-goi/", calls.calls, name="calls"),
    path("can-goi/danh-sach/", phone_list.phone_list, name="phone_list"),
    path("thong-bao/", notifications.notifications, name="notifications"),
    path("thong-ke/", statistics.statistics, name="statistics"),
    path("thong-ke/xuat/", statistics.export, name="statistics_export"),
    path("thong-ke/bao-cao/", statistics.report, name="report"),
    path("thong-ke/bao-cao.pdf", statistics.report_file, name="report_file"),
    path("thong-ke/danh-sach/<slug:slug>/", statistics.behind_figure, name="figure_list"),
    path("thong-ke/han/", statistics.at_risk, name="targets"),
    path("kiem-tra/", upkeep.consistency, name="consistency"),
    path("thanh-phan/", upkeep.components, name="components"),
    path("viec-cua-toi/", visits.my_visits, name="my_visits"),
    path("viec-cua-toi/gui/", visits.send, name="send_press"),
    path("viec-cua-toi/hoan-tac/", visits.unsend, name="unsend_press"),
    path("viec-cua-toi/may.js", visits.worker, name="visits_worker"),
]
