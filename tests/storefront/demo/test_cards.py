"""The cards that the demonstration lists are those that its bank knows."""

from storefront.demo.stripe.cards import CARDS, card_by
from storefront.demo.tours import CARDS as LISTED


def test_every_listed_card_is_known_to_the_bank_and_does_something_of_its_own():
    known = [card_by({"number": number}) for number, _ in LISTED]

    assert None not in known
    assert len({(card.secure, card.decline, card.slow, card.disputed, card.refund) for card in known}) == len(LISTED)
    assert {"".join(number.split()) for number, _ in LISTED} <= CARDS.keys()
