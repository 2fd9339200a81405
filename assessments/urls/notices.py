"""URLs of one topic; names are view names."""

from django.urls import path

from assessments.views import notices

urlpatterns = [
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/<int:pk>/", notices.notice_detail, name="notice_detail"),
]
