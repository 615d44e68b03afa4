from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "fulfilment.complaints"
    label = "complaints"
