"""URLs of one topic; names are view names."""

urlpatterns: list = []
