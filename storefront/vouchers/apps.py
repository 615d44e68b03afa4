from oscar.apps.voucher.apps import VoucherConfig as Upstream


class VouchersConfig(Upstream):
    name = "storefront.vouchers"

    def ready(self) -> None:
        super().ready()
        from . import receivers  # noqa: F401
