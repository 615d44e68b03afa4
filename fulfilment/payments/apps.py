from oscar.apps.payment.apps import PaymentConfig as Upstream


class PaymentsConfig(Upstream):
    name = "fulfilment.payments"
