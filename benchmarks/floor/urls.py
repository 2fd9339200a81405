"""The two addresses of the floor."""

from django.urls import path

from benchmarks.floor import views

urlpatterns = [
    path("save/<int:assessment>/<str:code>/", views.save),
    path("item/<int:assessment>/<str:item_code>/", views.item),
]
