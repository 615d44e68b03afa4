from oscar.apps.payment.apps import PaymentConfig as Upstream


class PaymentsConfig(Upstream):
    name = "fulfilment.payments"

    def ready(self) -> None:
        super().ready()
        from . import receivers  # noqa: F401
