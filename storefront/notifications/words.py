"""What the shop tells a buyer at each step of an order."""

from django.utils.translation import gettext_lazy as _

from .collecting_words import COLLECTING_WORDS
from .parcel_words import PARCEL_WORDS
from .saying import Words

WORDS = {
    **PARCEL_WORDS,
    **COLLECTING_WORDS,
    "placed": Words(
        subject=_("Your order %(number)s is here"),
        heading=_("Thank you, %(name)s. Your order is here."),
        sentence=_("We will call you to confirm it before anything is prepared."),
        sms=_("Bilad Al Khair: your order %(number)s is here, %(total)s. We will call you to confirm it. %(url)s"),
        with_lines=True,
    ),
    "placed_by_card": Words(
        subject=_("Your order %(number)s waits for its payment"),
        heading=_("Thank you, %(name)s. Your order is here."),
        sentence=_("We keep its goods for you until %(until)s. They are yours once the card is charged: %(total)s."),
        sms=_("Bilad Al Khair: your order %(number)s is here. It waits for %(total)s by card until %(until)s. %(url)s"),
        with_lines=True,
    ),
    "placed_and_asked": Words(
        subject=_("Your order %(number)s is here"),
        heading=_("Thank you, %(name)s. Your order is here."),
        sentence=_("We have sent an SMS to the phone of the order: say yes there, and we prepare it."),
        sms=_("Bilad Al Khair: your order %(number)s is here, %(total)s. We will call you to confirm it. %(url)s"),
        with_lines=True,
    ),
    "placed_by_transfer": Words(
        subject=_("Your order %(number)s waits for your transfer"),
        heading=_("Thank you, %(name)s. Your order is here."),
        sentence=_(
            "Please transfer %(total)s to the account below, with the number %(number)s as reference. "
            "We keep the goods for you until %(until)s; they leave once the money is here."
        ),
        sms=_(
            "Bilad Al Khair: please transfer %(total)s by noon of %(day)s to IBAN %(iban)s, "
            "reference %(number)s. %(url)s"
        ),
        with_lines=True,
    ),
    "transfer_reminder": Words(
        subject=_("We are waiting for your transfer for order %(number)s"),
        heading=_("Your transfer has not reached us yet"),
        sentence=_(
            "We keep the goods of your order until %(until)s. If you have sent the %(total)s already, "
            "you have nothing to do."
        ),
        sms=_(
            "Bilad Al Khair: we wait for your transfer of %(total)s until noon of %(day)s, reference %(number)s. "
            "Sent already? Nothing to do. %(url)s"
        ),
    ),
    "please_confirm": Words(
        subject=_("Please confirm your order %(number)s"),
        heading=_("Thank you, %(name)s. Please confirm your order."),
        sentence=_("Your goods are kept for you. We prepare them once you have said yes here: %(confirm_url)s"),
        sms=_("Bilad Al Khair: please confirm your order %(number)s, %(total)s, or call it off: %(confirm_url)s"),
        with_lines=True,
    ),
    "please_confirm_again": Words(
        subject=_("Your order %(number)s still waits for your yes"),
        heading=_("Your order still waits for your yes"),
        sentence=_("Confirm it or call it off here: %(confirm_url)s Without an answer we will call you."),
        sms=_("Bilad Al Khair: order %(number)s still waits for your yes. Confirm it or call it off: %(confirm_url)s"),
    ),
    "not_reached": Words(
        subject=_("We could not reach you about your order %(number)s"),
        heading=_("We could not reach you"),
        sentence=_("We called to confirm your order, and nobody answered. We will try again; you can also call us."),
        sms=_("Bilad Al Khair: we called about order %(number)s and nobody answered. We will try again. %(url)s"),
    ),
    "not_confirmed": Words(
        subject=_("Your order %(number)s was not confirmed"),
        heading=_("Your order was not confirmed"),
        sentence=_("We heard nothing from you, so it is cancelled. You owe nothing, and you can order again."),
        sms=_("Bilad Al Khair: order %(number)s was not confirmed, so it is cancelled. You owe nothing. %(url)s"),
    ),
    "absent": Words(
        subject=_("The courier came with your order %(number)s and found nobody"),
        heading=_("The courier came and found nobody"),
        sentence=_("The courier will come once more, and calls before. Please keep your phone at hand."),
        sms=_(
            "Bilad Al Khair: the courier came with order %(number)s and found nobody. A second visit follows. %(url)s"
        ),
    ),
    "coming_back": Words(
        subject=_("Your order %(number)s could not be delivered"),
        heading=_("Your order could not be delivered"),
        sentence=_("The courier found nobody twice, so the parcel goes back. Call us if you still want it."),
        sms=_(
            "Bilad Al Khair: order %(number)s could not be delivered twice and goes back. Call us to have it. %(url)s"
        ),
    ),
    "refused": Words(
        subject=_("A parcel of your order %(number)s was refused"),
        heading=_("A parcel was refused at the door"),
        sentence=_("It goes back to the cooperative. You have nothing to pay for it. If this is a mistake, call us."),
        sms=_("Bilad Al Khair: a parcel of order %(number)s was refused and goes back. Nothing is due for it. %(url)s"),
    ),
    "confirmed": Words(
        subject=_("Your order %(number)s is confirmed"),
        heading=_("Thank you, %(name)s. Your order is confirmed."),
        sentence=_("The cooperatives are preparing it. You pay %(total)s in cash when it arrives."),
        sms=_("Bilad Al Khair: order %(number)s is confirmed. You pay %(total)s when it arrives. %(url)s"),
        with_lines=True,
    ),
    "confirmed_for_another": Words(
        subject=_("Your order %(number)s is confirmed"),
        heading=_("Thank you, %(name)s. Your order is confirmed."),
        sentence=_("The cooperatives are preparing it. The courier asks %(recipient)s for %(total)s in cash."),
        sms=_("Bilad Al Khair: order %(number)s is confirmed. The courier asks %(recipient)s for %(total)s. %(url)s"),
        with_lines=True,
    ),
    "paid": Words(
        subject=_("Your order %(number)s is paid"),
        heading=_("Thank you, %(name)s. Your payment is here."),
        sentence=_("We received %(total)s. The cooperatives are preparing your order."),
        sms=_("Bilad Al Khair: order %(number)s is paid, %(total)s. It is being prepared. %(url)s"),
        with_lines=True,
    ),
    "shipped": Words(
        subject=_("Your order %(number)s is on its way"),
        heading=_("Your order is on its way"),
        sentence=_("Everything you ordered has left the cooperatives. The courier calls before coming."),
        sms=_("Bilad Al Khair: order %(number)s is on its way. The courier calls before coming. %(url)s"),
    ),
    "delivered": Words(
        subject=_("Your order %(number)s has arrived"),
        heading=_("Your order has arrived"),
        sentence=_("Thank you. The cooperatives that made it are now owed their share."),
        sms=_("Bilad Al Khair: order %(number)s has arrived. Thank you! %(url)s"),
    ),
    "cancelled": Words(
        subject=_("Your order %(number)s is cancelled"),
        heading=_("Your order is cancelled"),
        sentence=_("Nothing will be sent, and you have nothing to pay."),
        sms=_("Bilad Al Khair: order %(number)s is cancelled. Nothing will be sent. %(url)s"),
    ),
    "expired": Words(
        subject=_("Your order %(number)s was not paid in time"),
        heading=_("Your order was not paid in time"),
        sentence=_("What it held is on sale again. Your card was not charged, and you can order again."),
        sms=_("Bilad Al Khair: order %(number)s was not paid in time. Your card was not charged. %(url)s"),
    ),
    "expired_by_transfer": Words(
        subject=_("Your order %(number)s was not paid in time"),
        heading=_("Your order was not paid in time"),
        sentence=_(
            "Your transfer had not reached us, so what the order held is on sale again. If it is on its way, you have "
            "nothing to do: we send the goods if they are still there, or your money back."
        ),
        sms=_(
            "Bilad Al Khair: no transfer came for order %(number)s. If it is on its way, "
            "we send the goods if still there, or your money back. %(url)s"
        ),
    ),
    "held": Words(
        subject=_("Your order %(number)s waits for the cooperative"),
        heading=_("Thank you, %(name)s. Your order waits for the cooperative."),
        sentence=_(
            "It is made for you. %(total)s is held on your card and nothing is taken yet: "
            "we take it once the cooperative accepts, and tell you within six days."
        ),
        sms=_(
            "Bilad Al Khair: order %(number)s waits for the cooperative. "
            "%(total)s is held on your card, nothing is taken yet. %(url)s"
        ),
        with_lines=True,
    ),
    "accepted": Words(
        subject=_("Your order %(number)s is accepted"),
        heading=_("Your order is accepted, %(name)s."),
        sentence=_("The cooperative makes it for you. We took the %(total)s that were held on your card."),
        sms=_("Bilad Al Khair: order %(number)s is accepted. We took the %(total)s held on your card. %(url)s"),
        with_lines=True,
    ),
    "declined": Words(
        subject=_("Your order %(number)s cannot be made"),
        heading=_("Your order cannot be made"),
        sentence=_("We are sorry: the cooperative cannot make it now. Your card is free again and nothing was taken."),
        sms=_("Bilad Al Khair: order %(number)s cannot be made. Your card is free again, nothing was taken. %(url)s"),
    ),
    "hold_over": Words(
        subject=_("Your order %(number)s was not accepted in time"),
        heading=_("Your order was not accepted in time"),
        sentence=_(
            "We are sorry: nobody could accept it before the hold on your card ended. Nothing was taken. "
            "If you still want it, please order it again."
        ),
        sms=_(
            "Bilad Al Khair: order %(number)s was not accepted in time. Nothing was taken. "
            "If you still want it, please order again. %(url)s"
        ),
    ),
    "given_back": Words(
        subject=_("Your payment for order %(number)s goes back to you"),
        heading=_("Your payment goes back to you"),
        sentence=_(
            "It arrived when this order had already ended. We are giving back all of it, %(total)s, to your card; "
            "your bank shows it within ten days. You have nothing to do."
        ),
        sms=_(
            "Bilad Al Khair: your payment for order %(number)s came too late. "
            "%(total)s goes back to your card within ten days. %(url)s"
        ),
    ),
    "cancelled_paid": Words(
        subject=_("Your order %(number)s is cancelled"),
        heading=_("Your order is cancelled"),
        sentence=_(
            "Nothing will be sent. All you paid goes back to you by itself, the way it came. You have nothing to do."
        ),
        sms=_("Bilad Al Khair: order %(number)s is cancelled. All you paid goes back to you. %(url)s"),
    ),
    "refund_owed": Words(
        subject=_("Money of your order %(number)s goes back to you"),
        heading=_("Money goes back to you"),
        sentence=_("We are giving %(refund)s back to your card; your bank shows it within ten days."),
        sms=_("Bilad Al Khair: %(refund)s of order %(number)s goes back to your card within ten days. %(url)s"),
    ),
    "refund_owed_by_transfer": Words(
        subject=_("Money of your order %(number)s goes back to you"),
        heading=_("Money goes back to you"),
        sentence=_("We are giving %(refund)s back to you by bank transfer. Open your order and say which account."),
        sms=_("Bilad Al Khair: %(refund)s of order %(number)s goes back to you. Say which account: %(url)s"),
    ),
    "report_refunded": Words(
        subject=_("Your report %(reference)s: money goes back to you"),
        heading=_("Money goes back to you"),
        sentence=_(
            "We looked at your report %(reference)s of order %(number)s. %(refund)s goes back to your card; "
            "your bank shows it within ten days."
        ),
        sms=_(
            "Bilad Al Khair: we looked at your report %(reference)s. %(refund)s goes back to your card "
            "within ten days. %(url)s"
        ),
    ),
    "report_refunded_by_transfer": Words(
        subject=_("Your report %(reference)s: money goes back to you"),
        heading=_("Money goes back to you"),
        sentence=_(
            "We looked at your report %(reference)s of order %(number)s. %(refund)s goes back to you by bank transfer. "
            "Open your order and say which account."
        ),
        sms=_(
            "Bilad Al Khair: we looked at your report %(reference)s. %(refund)s goes back to you. "
            "Say which account: %(url)s"
        ),
    ),
    "refund_made": Words(
        subject=_("The money of your order %(number)s is on its way"),
        heading=_("The money is on its way"),
        sentence=_("We have sent %(refund)s back to you. Your bank shows it within ten days."),
        sms=_("Bilad Al Khair: we have sent back %(refund)s of order %(number)s. %(url)s"),
    ),
    "refund_failed": Words(
        subject=_("The money of your order %(number)s could not be sent back"),
        heading=_("The money did not reach you"),
        sentence=_("The bank refused %(refund)s. We are looking at it ourselves and will call you."),
        sms=_("Bilad Al Khair: the bank refused %(refund)s of order %(number)s. We will call you. %(url)s"),
    ),
}
