from oscar.apps.catalogue.reviews.apps import CatalogueReviewsConfig as Upstream


class ReviewsConfig(Upstream):
    name = "catalogue.products.reviews"
