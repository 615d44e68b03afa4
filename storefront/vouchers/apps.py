from oscar.apps.voucher.apps import VoucherConfig as Upstream


class VouchersConfig(Upstream):
    name = "storefront.vouchers"
