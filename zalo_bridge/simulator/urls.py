from django.urls import path

from zalo_bridge.simulator import control, views

app_name = "simulator"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("nhat-ky/", views.log, name="log"),
    path("nguoi/", views.people, name="people"),
    path("nguoi/them/", views.add_person, name="add_person"),
    path("nguoi/<int:number>/tro-chuyen/", views.chat, name="chat"),
    path("nguoi/<int:number>/chia-se/", views.share_info, name="share_info"),
    path("nguoi/<int:number>/chia-se/xong/", views.shared, name="shared"),
    path("nguoi/<int:number>/<slug:name>/", views.act, name="act"),
    path("tep/<slug:file_id>/", views.file, name="file"),
    path("dieu-khien/", control.panel, name="panel"),
    path("dieu-khien/nhat-ky/", control.logs, name="logs"),
    path("dieu-khien/loi/", control.add_fault, name="add_fault"),
    path("dieu-khien/bo-loi/", control.clear_faults, name="clear_faults"),
    path("dieu-khien/cach-chay/", control.set_options, name="set_options"),
    path("dieu-khien/token/", control.expire_token, name="expire_token"),
    path("dieu-khien/gui-lai/", control.retry_deliveries, name="retry_deliveries"),
]
