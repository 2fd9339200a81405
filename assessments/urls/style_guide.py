"""URLs of the style guide; names are view names."""

from django.urls import path

from assessments.views import style_guide

urlpatterns = [path("style-guide/", style_guide.style_guide, name="style_guide")]
