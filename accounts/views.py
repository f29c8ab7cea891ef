"""The doors of an account: signing in and up on top of allauth's views, the profile, the language."""

from copy import copy

from allauth.account.views import LoginView, SignupView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views import i18n
from django.views.decorators.http import require_POST

from accounts import selectors, services
from accounts.forms.profile import LanguageForm, ProfileForm
from accounts.receivers import remember_language


class SignInView(LoginView):
    def form_invalid(self, form) -> HttpResponse:
        response = super().form_invalid(form)
        if form.has_error("__all__", "too_many_login_attempts"):
            response.status_code = 429
        return response

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(sign_up_open=settings.SIGN_UP_OPEN, **kwargs)

    def get_authenticated_redirect_url(self) -> str:
        """Keep a learner who opened the editor's address from being sent to and fro between it and this page."""
        url = super().get_authenticated_redirect_url()
        if url.startswith(reverse("wagtailadmin_home")) and not self.request.user.has_perm("wagtailadmin.access_admin"):
            return resolve_url(settings.LOGIN_REDIRECT_URL)
        return url


class SignUpView(SignupView):
    def form_valid(self, form) -> HttpResponse:
        try:
            return super().form_valid(form)
        except services.AccountError as error:
            form.add_error(error.field, error.message)
            return self.form_invalid(form)


sign_in = SignInView.as_view()
sign_up = SignUpView.as_view()


@login_required
def show_profile(request: HttpRequest) -> HttpResponse:
    # A copy: the page's frame shows the person as stored, not as just typed.
    form = ProfileForm(request.POST or None, instance=copy(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_profile(user=request.user, **form.cleaned_data)
        except services.AccountError as error:
            form.add_error(error.field, error.message)
        else:
            with override(request.user.language):
                messages.success(request, _("Saved."))
            return remember_language(redirect("accounts:show-profile"), request.user.language)
    return render(request, "accounts/profile.html", {"form": form, "guard": selectors.guard_of(request.user)})


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Set the cookie that Django reads, keep the choice of a person who is signed in, and go back to `next` on this site."""
    form = LanguageForm(request.POST)
    if form.is_valid() and request.user.is_authenticated:
        services.choose_language(user=request.user, language=form.cleaned_data["language"])
    return i18n.set_language(request)
