"""The doors of an account: signing in and up on top of allauth's views, the profile, the language."""

from copy import copy

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal import flows
from allauth.account.models import EmailAddress, Login
from allauth.account.views import LoginView, SignupView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views import i18n
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors, services, throttling
from accounts.forms.profile import LanguageForm, ProfileForm
from accounts.forms.slips import SlipCodeForm, SlipPasswordForm
from accounts.models import SignInSlip, User
from accounts.receivers import remember_language
from accounts.selectors.consents import has_seen_notice
from accounts.services.slips import look_up_slip, slip_in_hand, use_slip

# Of somebody who has typed the code of a slip: which one, and until when they may go on.
_IN_HAND = "slip"
_SECONDS = 15 * 60


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
            services.change_profile(user=request.user, **form.cleaned_data, now=timezone.now())
        except services.AccountError as error:
            form.add_error(error.field, error.message)
        else:
            with override(request.user.language):
                messages.success(request, _("Saved."))
            return remember_language(redirect("accounts:show-profile"), request.user.language)
    return render(request, "accounts/profile.html", {"form": form, "guard": selectors.guard_of(request.user)})


@never_cache
@require_safe
@login_required
def show_log(request: HttpRequest) -> HttpResponse:
    """Who looked at and changed the reader's own record."""
    page = selectors.log_page(request.user, request.GET.get("trang"))
    return render(request, "accounts/log.html", {"page": page, "kept_days": services.LOOKS_KEPT.days})


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Set the cookie that Django reads, keep the choice of a person who is signed in, and go back to `next` on this site."""
    form = LanguageForm(request.POST)
    if form.is_valid() and request.user.is_authenticated:
        services.choose_language(user=request.user, language=form.cleaned_data["language"])
    return i18n.set_language(request)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def find_slip(request: HttpRequest, code: str = "") -> HttpResponse:
    """Take the code of a slip, typed or scanned; it is looked up and not used up, so that a preview or a second tap does no harm."""
    form = SlipCodeForm({"code": code} if code else request.POST or None)
    if form.is_bound and form.is_valid():
        if not throttling.may_try(request):
            return render(request, "accounts/slip.html", {"form": SlipCodeForm(), "waits": True}, status=429)
        now = timezone.now()
        found = look_up_slip(code=form.cleaned_data["code"], now=now)
        if found.slip:
            request.session[_IN_HAND] = [found.slip.pk, int(now.timestamp()) + _SECONDS]
            return redirect("accounts:set-slip-password")
        throttling.note_refusal(request, is_known=found.is_known)
        form.add_error("code", _("This slip does not open an account: it was used, has run out, or was replaced. Ask the training manager of your unit for a new one."))
    response = render(request, "accounts/slip.html", {"form": form}, status=422 if form.errors else 200)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def set_slip_password(request: HttpRequest) -> HttpResponse:
    """Set the password of whoever the slip is for, and let them in; the second step is asked as ever."""
    now = timezone.now()
    slip = _slip_in_hand(request, now)
    if slip is None:
        messages.warning(request, _("Type the code of your slip once more."))
        return redirect("accounts:use-slip")
    if request.user.is_authenticated and request.user.pk != slip.user_id:
        return render(request, "accounts/slip_other.html", {"person": slip.user})
    names = selectors.sign_in_names_of(slip.user)
    form = SlipPasswordForm(request.POST or None, person=slip.user, has_name=bool(names), asks=not has_seen_notice(slip.user))
    if request.method == "POST" and form.is_valid():
        try:
            person = use_slip(slip=slip, now=now, **form.said)
            services.acknowledge_notice(user=person, now=now, agreed=form.agreed)
            return _let_in(request, person, form.cleaned_data.get("email"))
        except services.AccountError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    return render(request, "accounts/slip_password.html", {"form": form, "person": slip.user, "names": names}, status=422 if form.errors else 200)


def _slip_in_hand(request: HttpRequest, now) -> SignInSlip | None:
    key, until = request.session.get(_IN_HAND, [0, 0])
    return slip_in_hand(key=key, now=now) if now.timestamp() < until else None


def _let_in(request: HttpRequest, person: User, email: str | None) -> HttpResponse:
    request.session.pop(_IN_HAND, None)
    get_adapter().forget_tries(request, person)
    if email and (address := EmailAddress.objects.filter(user=person, email=email, verified=False).first()):
        flows.email_verification.send_verification_email_to_address(request, address)
    # A number that is broken over two lines is hard to remember.
    names = " / ".join(name.replace(" ", "\u00a0") for name in selectors.sign_in_names_of(person).values())
    messages.success(request, _("Next time, sign in with %(names)s and the password that you have just chosen.") % {"names": names})
    flows.login.record_authentication(request, person, method="slip")
    # Whoever holds the slip was known to their office: the mailbox is asked by letter, and need not answer first.
    login = Login(user=person, email_verification=EmailVerificationMethod.NONE, redirect_url=resolve_url(settings.LOGIN_REDIRECT_URL))
    return flows.login.perform_login(request, login)
