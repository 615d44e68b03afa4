"""Who signs in and how: django-allauth, phone or e-mail, a second factor for owners and staff."""

from .environment import SHOP_ENV, env

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
    if SHOP_ENV == "test"
    else "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "storefront.customer.validators.StaffLengthValidator"},
]

ACCOUNT_ADAPTER = "storefront.customer.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_FORMS = {
    "login": "storefront.customer.forms.LoginForm",
    "signup": "storefront.customer.forms.SignupForm",
    "request_login_code": "storefront.customer.forms.RequestLoginCodeForm",
    "confirm_login_code": "storefront.customer.forms.ConfirmLoginCodeForm",
    "reset_password": "storefront.customer.forms.ResetPasswordForm",
    "reset_password_from_key": "storefront.customer.forms.ResetPasswordKeyForm",
    "confirm_password_reset_code": "storefront.customer.forms.ConfirmPasswordResetCodeForm",
    "verify_phone": "storefront.customer.forms.VerifyPhoneForm",
    "change_phone": "storefront.customer.forms.ChangePhoneForm",
    "add_email": "storefront.customer.forms.AddEmailForm",
    "change_password": "storefront.customer.forms.ChangePasswordForm",
    "set_password": "storefront.customer.forms.SetPasswordForm",
    "reauthenticate": "storefront.customer.forms.ReauthenticateForm",
}
ACCOUNT_RATE_LIMITS = {
    "verify_phone": "1/30s/key,30/m/ip",  # many phones share one address behind a mobile network
    "change_phone": "5/m/user",
    "driver_pin": "10/10m/key,30/m/ip",
    "driver_report": "60/m/key",
    "join": "20/h/ip",
    "join_papers": "20/h/key",
    "join_activate": "20/h/key",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", default=30)
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", default=12)
SILENCED_SYSTEM_CHECKS = [
    "account.W001",  # phone and e-mail are both optional, the form asks for one of them
    "templates.W003",  # Oscar's currency filter is replaced on purpose: a bare amount is no dirham
]
MFA_ADAPTER = "storefront.customer.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "storefront.customer.forms.AuthenticateForm",
    "reauthenticate": "storefront.customer.forms.MFAReauthenticateForm",
    "activate_totp": "storefront.customer.forms.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Bilad Al Khair"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
