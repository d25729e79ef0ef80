from django.urls import path

from scheduling.views import board, span, visit

app_name = "scheduling"
urlpatterns = [
    path("lich/", board.day, name="day"),
    path("lich/tuan/", span.week, name="week"),
    path("lich/thang/", span.month, name="month"),
    path("lich/bang/", board.changes, name="changes"),
    path("lich/luot/<int:pk>/", visit.visit, name="visit"),
    path("lich/hoan-tac/<int:pk>/", visit.undo, name="undo"),
]
