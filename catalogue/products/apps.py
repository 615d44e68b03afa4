from oscar.apps.catalogue.apps import CatalogueConfig as Upstream


class ProductsConfig(Upstream):
    name = "catalogue.products"
