"""Five minutes in each role: what to open and what to see."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Stop:
    words: Promise
    path: str = ""  # after the language, or whole when it begins with a slash

    def url(self, language: str) -> str:
        if self.path.startswith("/"):
            return self.path
        return f"/{language}/{self.path}" if self.path else ""


@dataclass(frozen=True)
class Tour:
    title: Promise
    roles: tuple[str, ...]
    stops: tuple[Stop, ...]


TOURS = (
    Tour(
        _("Buy something"),
        ("shopper",),
        (
            Stop(_("Search for honey, in any of the three languages."), "search/?q=عسل"),
            Stop(_("Open a product: the table says what the cooperative receives of the price."), "catalogue/"),
            Stop(
                _("Put products of two cooperatives into the basket, then change currency and destination."), "basket/"
            ),
            Stop(_("Pay on delivery in Morocco, or with a test card. No account is needed."), "checkout/"),
            Stop(_("Read the confirmation below, among mails and SMS, and follow the order from there.")),
        ),
    ),
    Tour(
        _("Prepare and deliver it"),
        ("office logistics",),
        (
            Stop(_("Sign in with the code of the app shown above."), "accounts/login/?next=/office/"),
            Stop(_("Open the order: each cooperative's part is a consignment."), "office/"),
            Stop(_("Mark it picked, packed, handed over, delivered; look at the order page after each.")),
            Stop(
                _("Print a parcel's label, then hand what is packed to a courier with one manifest."),
                "office/manifests/",
            ),
            Stop(
                _("As the driver, on a phone: type the number and the PIN listed above, then deliver a parcel."), "/d/"
            ),
            Stop(_("See what the driver wrote, and make a pass for another."), "office/doors/"),
            Stop(_("See what each courier took at the door and has not handed in."), "office/couriers/"),
            Stop(
                _("Parcels abroad: print their customs papers, then write what proves that they left."),
                "office/exports/",
            ),
            Stop(_("Say what a courier meant by a status, or a parcel, that nobody knew."), "office/couriers/told/"),
        ),
    ),
    Tour(
        _("Keep a solidarity shop"),
        ("shop keeper",),
        (
            Stop(
                _("As a shopper, find the shop of Casablanca and put something that it has into the basket."), "shops/"
            ),
            Stop(_("Choose to fetch it there, in cash."), "checkout/"),
            Stop(_("Sign in by phone: the counter shows what is to be prepared."), "accounts/login/?next=/counter/"),
            Stop(_("Say that it stands packed, read the code among the messages, and hand it over."), "counter/"),
            Stop(_("Sell something for cash, by its number, and print the receipt."), "counter/shop-casa/sell/"),
        ),
    ),
    Tour(
        _("Sell as a cooperative"),
        ("cooperative owner", "cooperative clerk"),
        (
            Stop(
                _("Sign in by phone. The owner types the code of the app; the clerk the one from the SMS below."),
                "accounts/login/",
            ),
            Stop(
                _("Count a product's stock, see what is to be prepared and print a parcel's label and slip."), "portal/"
            ),
            Stop(_("Look at the statement: what is due, what waits and why, what was taken back, what was paid.")),
        ),
    ),
    Tour(
        _("See the whole"),
        ("director", "office finance", "office support", "office catalogue"),
        (
            Stop(_("Orders and takings by day, country and currency."), "office/"),
            Stop(
                _("Bank transfers: an order waits for its own, and two lines wait for a decision."), "office/transfers/"
            ),
            Stop(
                _("Take in a courier's file of cash, look at each line, book it, and see to what differs."),
                "office/couriers/remittances/",
            ),
            Stop(_("What buyers send back, from the declaration to the decision."), "office/withdrawals/"),
            Stop(_("What arrived broken, with a photo: answer the buyer."), "office/complaints/"),
            Stop(
                _("Pay with the card ending in 0259: the buyer's bank takes it back. Answer it as finance."),
                "office/disputes/",
            ),
            Stop(_("What differs between orders, payments, stock and ledger, and who sees to it."), "office/match/"),
            Stop(_("Close a month: finance signs its figures, the director signs them too."), "office/closing/"),
            Stop(_("Jobs that wait, run or failed, and how to try again."), "office/"),
            Stop(_("Traditional clothing is made to order: buy some, then accept it here."), "office/holds/"),
            Stop(_("Oscar's dashboard, for the catalogue."), "dashboard/"),
        ),
    ),
)

CARDS = (
    ("4242 4242 4242 4242", _("accepted")),
    ("4000 0000 0000 0002", _("declined")),
    ("4000 0000 0000 9995", _("declined: not enough money")),
    ("4000 0027 6000 3184", _("asks for a confirmation (3-D Secure), then as you answer")),
    ("4000 0082 6000 3178", _("asks for a confirmation, then there is not enough money")),
    ("4000 0000 0000 1034", _("accepted after a few seconds")),
    ("4000 0000 0000 0259", _("accepted, then the buyer's bank takes the money back")),
    ("4000 0000 0000 7726", _("accepted; a refund takes a few seconds")),
    ("4000 0000 0000 5126", _("accepted; a refund fails")),
)
