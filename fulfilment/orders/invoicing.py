"""The company that an order's invoice is made out to."""

from dataclasses import dataclass

from catalogue.kernel.identifiers import is_ice


@dataclass(frozen=True)
class InvoiceTo:
    """``ice`` is the company's number in Morocco, none of a company elsewhere; ``address`` may be empty."""

    name: str
    ice: str | None = None
    address: str = ""


def is_company_number(text: str) -> bool:
    """Tell whether this can be a company's ICE: the check digits of nothing but zeros are right, and it is nobody's."""
    return is_ice(text) and int(text) > 0
