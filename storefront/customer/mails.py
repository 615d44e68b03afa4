"""The words of mails and SMS about someone's account."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SIGN_IN_CODE = _("%(code)s is your code for Bilad Al Khair. Give it to nobody; we never ask for it by phone.")
ALREADY_HERE = _(
    "Someone asked for an account with your number at Bilad Al Khair. You already have one: sign in, or ask for a code,"
    " at %(url)s"
)
NUMBER_CHANGED = _("The phone number of your account at Bilad Al Khair was changed. If this was not you: %(url)s")
NOT_YOU = _("If this was not you, set a new password now: %(reset_url)s")
IGNORE = _("If you did not ask for this, you need do nothing.")


@dataclass(frozen=True)
class Mail:
    subject: Promise
    paragraphs: tuple[Promise, ...]


CONFIRM = Mail(
    _("Confirm your e-mail address"),
    (
        _("Welcome to Bilad Al Khair. Please confirm that this address is yours:"),
        _("%(activate_url)s"),
        IGNORE,
    ),
)
MAILS = {
    "account/email/email_confirmation_signup": CONFIRM,
    "account/email/email_confirmation": CONFIRM,
    "account/email/account_already_exists": Mail(
        _("You already have an account"),
        (
            _("Someone asked for an account with this address. You already have one."),
            _("If you forgot your password, set a new one: %(password_reset_url)s"),
            IGNORE,
        ),
    ),
    "account/email/unknown_account": Mail(
        _("There is no account with this address"),
        (
            _("Someone, perhaps you, tried to sign in with this address. No account uses it."),
            _("You can open one here: %(signup_url)s"),
            IGNORE,
        ),
    ),
    "account/email/login_code": Mail(
        _("Your sign-in code"),
        (_("Your code: %(code)s"), _("Give it to nobody; we never ask for it by phone."), IGNORE),
    ),
    "account/email/password_reset_code": Mail(
        _("Your code for a new password"),
        (_("Your code: %(code)s"), _("Give it to nobody; we never ask for it by phone."), IGNORE),
    ),
    "account/email/password_changed": Mail(
        _("Your password was changed"), (_("The password of your account was changed."), NOT_YOU)
    ),
    "account/email/password_reset": Mail(
        _("Your password was changed"), (_("The password of your account was changed."), NOT_YOU)
    ),
    "account/email/password_set": Mail(
        _("Your account has a password"), (_("A password was set for your account."), NOT_YOU)
    ),
    "account/email/email_changed": Mail(
        _("Your e-mail address was changed"), (_("Your account now uses %(to_email)s."), NOT_YOU)
    ),
    "account/email/email_deleted": Mail(
        _("An e-mail address was removed"), (_("%(deleted_email)s no longer belongs to your account."), NOT_YOU)
    ),
    "mfa/email/totp_activated": Mail(
        _("Authenticator app switched on"),
        (_("Your account now asks for a code from your authenticator app."), NOT_YOU),
    ),
    "mfa/email/totp_deactivated": Mail(
        _("Authenticator app switched off"),
        (_("Your account no longer asks for a code from an authenticator app."), NOT_YOU),
    ),
    "mfa/email/recovery_codes_generated": Mail(
        _("New recovery codes"), (_("New recovery codes were made for your account; old ones no longer work."), NOT_YOU)
    ),
}

NOTES = {
    "account/messages/email_confirmation_sent.txt": _("We sent a link to %(email)s. Open it to confirm the address."),
    "account/messages/email_confirmed.txt": _("%(email)s is confirmed."),
    "account/messages/email_confirmation_failed.txt": _("%(email)s is already used by another account."),
    "account/messages/email_deleted.txt": _("%(email)s was removed."),
    "account/messages/cannot_delete_primary_email.txt": _("Your account needs %(email)s; change it instead."),
    "account/messages/login_code_sent.txt": _("If %(recipient)s has an account, a code is on its way."),
    "account/messages/phone_verification_sent.txt": _("We sent a code to %(phone)s."),
    "account/messages/phone_verified.txt": _("%(phone)s is confirmed."),
    "account/messages/password_changed.txt": _("Your password was changed."),
    "account/messages/password_set.txt": _("Your password is set."),
    "account/messages/logged_out.txt": _("You are signed out."),
    "mfa/messages/totp_activated.txt": _("Your authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("Your authenticator app is switched off."),
    "mfa/messages/recovery_codes_generated.txt": _("Here are your new recovery codes."),
}
"""What a page says after a step; steps that the page shows anyway (signed in) have none."""
