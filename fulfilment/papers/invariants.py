"""What must be true of papers."""

from collections.abc import Iterable

from django.db.models import Count, F, Max

from catalogue.kernel.invariants import invariant
from fulfilment.documents.keeping import altered
from fulfilment.documents.numbering import gaps

from .models import Manifest, ManifestLine, ManifestPaper, ManifestSeries, ParcelPaper


@invariant("papers: the numbers of a year's manifests leave none out")
def numbers_have_no_gap() -> Iterable[object]:
    return gaps(Manifest, ManifestSeries)


@invariant("papers: a manifest lists as many parcels as it says, all handed to its courier")
def manifests_are_whole() -> Iterable[object]:
    yield from Manifest.objects.annotate(listed=Count("lines")).exclude(listed=F("parcels"))
    yield from ManifestLine.objects.exclude(
        consignment__courier=F("manifest__courier"), consignment__handed_over_at__isnull=False
    )


@invariant("papers: each version of a parcel's paper follows the one before")
def versions_follow() -> Iterable[object]:
    found = ParcelPaper.objects.order_by().values("consignment", "kind")
    return found.annotate(number=Count("pk"), highest=Max("version")).exclude(number=F("highest"))


@invariant("papers: a paper is the one that was kept")
def papers_are_whole() -> Iterable[object]:
    return [*altered(ParcelPaper), *altered(ManifestPaper)]
