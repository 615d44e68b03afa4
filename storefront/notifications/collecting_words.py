"""What the shop tells a buyer who fetches an order in a solidarity shop."""

from django.utils.translation import gettext_lazy as _

from .saying import Words

CODE_AGAIN = Words(
    subject=_("A new code for your order %(number)s"),
    heading=_("Your new code: %(code)s"),
    sentence=_("Say it at the shop %(shop)s, where your order is kept until %(kept_until)s. The last code is void."),
    sms=_("Bilad Al Khair: new code %(code)s for order %(number)s, kept at %(shop)s until %(kept_until)s. %(url)s"),
)

COLLECTING_WORDS = {
    "confirmed_to_collect": Words(
        subject=_("Your order %(number)s is confirmed"),
        heading=_("Thank you, %(name)s. Your order is confirmed."),
        sentence=_("The shop %(shop)s is preparing it. We send you a code when it is ready. You pay %(total)s there."),
        sms=_(
            "Bilad Al Khair: order %(number)s is confirmed. A code follows when it is ready at %(shop)s. "
            "You pay %(total)s there. %(url)s"
        ),
        with_lines=True,
    ),
    "paid_to_collect": Words(
        subject=_("Your order %(number)s is paid"),
        heading=_("Thank you, %(name)s. Your payment is here."),
        sentence=_("We received %(total)s. The shop %(shop)s is preparing it. We send you a code when it is ready."),
        sms=_("Bilad Al Khair: order %(number)s is paid. A code follows when it is ready at %(shop)s. %(url)s"),
        with_lines=True,
    ),
    "ready_to_collect": Words(
        subject=_("Your order %(number)s is ready: code %(code)s"),
        heading=_("Your order is ready. Your code: %(code)s"),
        sentence=_("Say the code at the shop %(shop)s, %(shop_address)s. It is kept for you until %(kept_until)s."),
        sms=_(
            "Bilad Al Khair: order %(number)s is ready at %(shop)s until %(kept_until)s. Your code: %(code)s. %(url)s"
        ),
    ),
    "code_again_2": CODE_AGAIN,
    "code_again_3": CODE_AGAIN,
    "code_again_4": CODE_AGAIN,
    "delivered_to_collect": Words(
        subject=_("Your order %(number)s was fetched"),
        heading=_("Thank you for coming"),
        sentence=_("Your order was handed over at the shop %(shop)s. If it was not you, call us at once."),
        sms=_("Bilad Al Khair: order %(number)s was fetched at %(shop)s. If it was not you, call us. %(url)s"),
    ),
    "not_collected": Words(
        subject=_("Your order %(number)s was not fetched"),
        heading=_("Your order was not fetched"),
        sentence=_("It waited at the shop as long as was promised, so it is cancelled. You owe nothing."),
        sms=_("Bilad Al Khair: order %(number)s was not fetched in time, so it is cancelled. You owe nothing. %(url)s"),
    ),
    "not_collected_paid": Words(
        subject=_("Your order %(number)s was not fetched"),
        heading=_("Your order was not fetched"),
        sentence=_(
            "It waited at the shop as long as was promised, so it is cancelled. All you paid goes back to you by "
            "itself, the way it came."
        ),
        sms=_("Bilad Al Khair: order %(number)s was not fetched in time. All you paid goes back to you. %(url)s"),
    ),
}
