"""Addresses of the legal documents, under /van-ban/."""

from django.urls import path

from laws import views

app_name = "laws"
urlpatterns = [
    path("", views.list_documents, name="list-documents"),
    path("<slug:slug>/", views.show_document, name="show-document"),
]
