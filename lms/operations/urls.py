"""Addresses of the operations page, under /dao-tao/van-hanh/."""

from django.urls import path

from lms.operations import views

app_name = "operations"
urlpatterns = [
    path("", views.show_operations, name="show-operations"),
    path("lam-lai/", views.retry_all, name="retry-all"),
    path("lam-lai/<slug:task>/", views.retry_task, name="retry-task"),
]
