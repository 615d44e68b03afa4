from oscar.apps.wishlists.apps import WishlistsConfig as Upstream


class WishlistsConfig(Upstream):
    name = "storefront.wishlists"
