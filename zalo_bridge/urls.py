
app_name = "zalo_bridge"
urlpatterns: list = []
