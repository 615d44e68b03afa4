import pytest

from fulfilment.warehouse import policies
from fulfilment.warehouse.models import Consignment


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ([], None),
        (["CANCELLED"], None),
        (["OPEN", "DELIVERED"], "PREPARING"),
        (["PACKED", "HANDED_OVER"], "PREPARING"),
        (["HANDED_OVER", "DELIVERED"], "SHIPPED"),
        (["HANDED_OVER", "CANCELLED"], "SHIPPED"),
        (["DELIVERED", "DELIVERED", "CANCELLED"], "DELIVERED"),
        (["LOST", "HANDED_OVER"], "SHIPPED"),
        (["LOST", "DELIVERED"], "DELIVERED"),
        (["LOST", "REFUSED"], "REFUSED"),
        (["LOST", "RETURNED", "CANCELLED"], "RETURNED"),
    ],
)
def test_order_status_is_that_of_its_least_advanced_parcel(states, status):
    assert policies.order_status(states) == status


@pytest.mark.parametrize(
    ("state", "moves"),
    [("OPEN", ["pick"]), ("PICKED", ["pack"]), ("PACKED", ["hand_over"]), ("HANDED_OVER", ["deliver", "refuse"])],
)
def test_moves_from_names_the_next_step(state, moves):
    assert policies.moves_from(state) == moves


def test_every_state_named_is_a_state_of_the_model():
    named = {*policies.NEXT, *policies.GONE, *policies.MOVES.values()}

    assert named <= set(Consignment.State.values)
