"""The public pages of the legal documents."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from laws import selectors
from laws.models import LegalDocument


def list_documents(request: HttpRequest) -> HttpResponse:
    return render(request, "laws/documents.html", {"documents": selectors.documents_on(timezone.localdate())})


def show_document(request: HttpRequest, slug: str) -> HttpResponse:
    document = get_object_or_404(LegalDocument.objects.select_related("replaced_by"), slug=slug)
    return render(request, "laws/document.html", {"cited": selectors.document_page(document)})
