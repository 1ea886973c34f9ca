from collections import Counter

import pytest

from chaos.faults import SERVICES, Fault, plan


@pytest.mark.parametrize("seed", range(20))
def test_even_a_short_run_has_every_kind_of_fault(seed: int) -> None:
    planned = plan(seed, 20)
    assert Counter(each.fault for each in planned) == dict.fromkeys(Fault, 1)
    assert all(1 <= each.at_s <= 17 for each in planned)


def test_a_long_run_has_each_several_times_in_the_order_of_time() -> None:
    planned = plan(1, 120)
    assert Counter(each.fault for each in planned) == dict.fromkeys(Fault, 3)
    assert [each.at_s for each in planned] == sorted(each.at_s for each in planned)
    assert {each.at_s // 40 for each in planned} == {0, 1, 2}


def test_a_seed_gives_the_same_faults_again_and_another_seed_others() -> None:
    assert plan(7, 60) == plan(7, 60)
    assert plan(7, 60) != plan(8, 60)


def test_the_connections_of_any_service_may_be_severed() -> None:
    severed = {
        each.target for seed in range(30) for each in plan(seed, 20) if each.fault is Fault.SEVER_BROKER
    }
    assert severed == set(SERVICES)
