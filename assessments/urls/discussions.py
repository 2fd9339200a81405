"""Discussions among colleagues about a criterion."""

from django.urls import path

from assessments.views import discussions as views

urlpatterns = [
    path("assessments/<str:number>/discussions/", views.discussion_list, name="discussion_list"),
    path("assessments/<str:number>/criteria/<str:criterion_code>/discussion/", views.discussion, name="discussion"),
    path(
        "assessments/<str:number>/criteria/<str:criterion_code>/discussion/resolve/",
        views.discussion_resolve,
        name="discussion_resolve",
    ),
]
