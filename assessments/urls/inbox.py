"""Messages of a person."""

from django.urls import path

from assessments.views import inbox

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read-all/", inbox.inbox_read_all, name="inbox_read_all"),
    path("inbox/<int:pk>/", inbox.inbox_open, name="inbox_open"),
]
