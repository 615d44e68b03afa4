"""After a folder is loaded, what it changed can be found."""

from catalogue.kernel.bulk import Counts
from catalogue.kernel.datasets import Context, finish

from . import operations


@finish("search documents", order=90)
def refresh(context: Context) -> Counts:
    return operations.refresh()
