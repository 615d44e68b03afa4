from oscar.apps.basket.middleware import BasketMiddleware as Upstream


class BasketMiddleware(Upstream):
    """Gives each request its basket, read only when a page looks at it."""
