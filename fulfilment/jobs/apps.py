from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "fulfilment.jobs"

    def ready(self) -> None:
        autodiscover_modules("tasks")  # every process knows every job, so that enqueue() refuses a wrong name
