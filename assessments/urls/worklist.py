"""All criteria of a case in one list; names are view names."""

from django.urls import path

from assessments.views import worklist

urlpatterns = [
    path("assessments/<str:number>/criteria/", worklist.worklist, name="worklist"),
]
