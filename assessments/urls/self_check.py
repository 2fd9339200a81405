"""The public self-check, and the draft that begins from one; names are view names."""

from django.urls import path

from assessments.views import self_check as views

_EDITION = "self-check/<str:edition>/"

urlpatterns = [
    path("self-check/", views.self_check, name="self_check"),
    path(_EDITION, views.self_check_form, name="self_check_form"),
    path(_EDITION + "result/", views.self_check_result, name="self_check_result"),
    path(_EDITION + "take-over/", views.self_check_take_over, name="self_check_take_over"),
    path("assessments/<str:number>/self-check/", views.self_check_report, name="self_check_report"),
]
