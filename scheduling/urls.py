from django.urls import path

from scheduling.views import board, feed, lengths, plan, printing, span, time_off, visit

app_name = "scheduling"
urlpatterns = [
    path("lich/", board.day, name="day"),
    path("lich/tuan/", span.week, name="week"),
    path("lich/thang/", span.month, name="month"),
    path("lich/xep/", plan.plan, name="plan"),
    path("lich/giu/<int:pk>/", plan.pin, name="pin"),
    path("lich/vang/", time_off.absence_list, name="absences"),
    path("lich/vang/<int:pk>/bo/", time_off.absence_take_back, name="absence_take_back"),
    path("lich/nghi/", time_off.closure_list, name="closures"),
    path("lich/ngoai-gio/", time_off.outside_hours, name="outside_hours"),
    path("lich/nghi/chot/", time_off.closure_decide, name="closure_decide"),
    path("lich/thoi-luong/", lengths.lengths, name="lengths"),
    path("lich/in/", printing.sheets, name="print"),
    path("lich/dien-thoai/", feed.mine, name="my_feed"),
    path("lich/ics/<str:token>.ics", feed.calendar, name="feed"),
    path("lich/bang/", board.changes, name="changes"),
    path("lich/luot/<int:pk>/", visit.visit, name="visit"),
    path("lich/hoan-tac/<int:pk>/", visit.undo, name="undo"),
]
