"""Steps between a right password and an open session, where ours differ from allauth's."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import send_verification_email_at_login
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.stages import EmailVerificationStage, LoginByCodeStage
from allauth.core.internal.httpkit import headed_redirect_response
from django.http import HttpResponse

from catalogue.people import queries


class RoleCodeStage(LoginByCodeStage):
    """A code by SMS after the password, for roles that ask for it; allauth would rather send it by mail."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        person = self.login.user
        if self.state or person is None or not person.phone or not get_adapter().is_login_by_code_required(self.login):
            return super().handle()
        LoginCodeVerificationProcess.initiate(request=self.request, user=person, phone=person.phone, stage=self)
        self.state["login_by_code_required"] = True
        return headed_redirect_response("account_confirm_login_code"), True


class ContactStage(EmailVerificationStage):
    """Nobody gets in before one contact is confirmed. Who confirmed a phone may confirm the e-mail later.

    A sign-up with an address that is taken ends on the same page, so that the page tells nothing.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        person = self.login.user
        if person is not None and queries.contact_is_confirmed(person):
            return super().handle()
        send_verification_email_at_login(self.request, self.login)
        return get_adapter().respond_email_verification_sent(self.request, person), True
