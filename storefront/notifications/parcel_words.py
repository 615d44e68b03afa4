"""What the shop tells a buyer of one parcel; ``storefront.notifications.parcels`` knows what the sentences name."""

from django.utils.translation import gettext_lazy as _

from .saying import Words

PARCEL_WORDS = {
    "parcel_left": Words(
        subject=_("A parcel of your order %(number)s is on its way"),
        heading=_("A parcel is on its way"),
        sentence=_("%(seller)s has sent parcel %(parcel)s with %(what)s. What else you ordered follows."),
        sms=_("Bilad Al Khair: a parcel of order %(number)s is on its way, from %(seller)s. The rest follows. %(url)s"),
    ),
    "out_for_delivery": Words(
        subject=_("Your order %(number)s comes today"),
        heading=_("Your parcel comes today"),
        sentence=_("The courier has parcel %(parcel)s with %(what)s, and calls before coming."),
        sms=_("Bilad Al Khair: a parcel of order %(number)s comes today. The courier calls before. %(url)s"),
    ),
    "out_for_delivery_in_cash": Words(
        subject=_("Your order %(number)s comes today"),
        heading=_("Your parcel comes today"),
        sentence=_(
            "The courier has parcel %(parcel)s with %(what)s, and calls before coming. %(due)s is paid at the door."
        ),
        sms=_(
            "Bilad Al Khair: a parcel of order %(number)s comes today; %(due)s is paid at the door. "
            "The courier calls before. %(url)s"
        ),
    ),
    "parcel_lost": Words(
        subject=_("A parcel of your order %(number)s is lost"),
        heading=_("A parcel is lost"),
        sentence=_(
            "We are sorry: the courier cannot find parcel %(parcel)s with %(what)s. You owe nothing for it, "
            "and what you paid for it goes back to you."
        ),
        sms=_("Bilad Al Khair: a parcel of order %(number)s is lost. You owe nothing for it. %(url)s"),
    ),
    "line_short": Words(
        subject=_("Something of your order %(number)s is missing"),
        heading=_("Something of your order is missing"),
        sentence=_(
            "We are sorry: %(missing)s of %(goods)s cannot be found anywhere. Choose before %(until)s "
            "what we shall do: %(url)s Without an answer we send what is there, and you do not pay for the rest."
        ),
        sms=_("Bilad Al Khair: order %(number)s lacks %(missing)s of %(what)s. Choose by %(until)s: %(url)s"),
    ),
    "line_left_out": Words(
        subject=_("Your order %(number)s comes without something"),
        heading=_("Something is left out of your order"),
        sentence=_(
            "We are sorry: your order comes without %(missing)s of %(goods)s. You do not pay for what is not sent."
        ),
        sms=_("Bilad Al Khair: order %(number)s comes without %(missing)s of %(what)s. You do not pay for it. %(url)s"),
    ),
}
