from django.db import models


class DataShift(models.Model):
    """How far the loaded data's dates were moved. One row, written by the first load.

    The only table of the kernel: it belongs to the loading itself, to no app's data.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    days = models.IntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="kernel_one_data_shift")]

    def __str__(self) -> str:
        return f"{self.days} days"
