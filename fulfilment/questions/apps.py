from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    name = "fulfilment.questions"
    label = "questions"
