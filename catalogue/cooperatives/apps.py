from oscar.apps.partner.apps import PartnerConfig as Upstream


class CooperativesConfig(Upstream):
    name = "catalogue.cooperatives"
