"""The step of signing in that may ask for the proof of an e-mail address."""

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.stages import EmailVerificationStage

from accounts import selectors


class ProveEmail(EmailVerificationStage):
    """Somebody who signed up by e-mail alone proves the mailbox first, all others may learn before they do.

    allauth's "mandatory" would shut out everybody who has no e-mail address; its "optional" lets a stranger find out on
    the sign-up page who has an account. A login without a person is allauth's pretence for exactly that page.
    """

    def handle(self):
        if self.login.user and not selectors.waits_for_email(self.login.user):
            self.login.email_verification = EmailVerificationMethod.OPTIONAL
        return super().handle()
