from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path

from config import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("favicon.ico", views.icon, name="icon"),
    path("dang-nhap/", views.SignIn.as_view(redirect_authenticated_user=True), name="login"),
    path("dang-nhap/ma/", views.SignInCode.as_view(), name="login_code"),
    path("dang-xuat/", views.SignOut.as_view(), name="logout"),
    path("doi-mat-khau/", auth_views.PasswordChangeView.as_view(success_url="/"), name="password_change"),
    path("hai-buoc/", views.two_step_page, name="two_step"),
    path("huong-dan/", views.guide, name="guides"),
    path("huong-dan/<slug:slug>/", views.guide, name="guide"),
    # In place of two pages of the administration's own.
    path("quan-tri/login/", views.administration_door),
    path("quan-tri/logout/", views.SignOut.as_view()),
    path("quan-tri/", admin.site.urls),
    path("", include("procedures.urls")),
    path("", include("scheduling.urls")),
    path("", include("zalo_bridge.urls")),
    path("", include("registrations.urls")),
    path("", include("registrations.citizen_urls")),
    path("", include("registrations.chat_urls")),
]
if settings.ZALO_SIMULATOR:
    urlpatterns.append(path("gia-lap/", include("zalo_bridge.simulator.urls")))
