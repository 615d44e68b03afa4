from oscar.apps.address.apps import AddressConfig as Upstream


class PlacesConfig(Upstream):
    name = "catalogue.places"
