"""Those who come together set out together, keep near each other, and are named in what is true of a walk."""

import itertools
import json

import numpy as np
import pytest

from crowd import walks
from crowd.company import gather
from crowd.walk import STEP, Crowd, Walker
from crowd.walks import Door


def walkers(count):
    def walker(i):
        x = 3.0 * i
        return Walker(np.array([x, 0.0]), [np.array([x, 4.0]), np.array([x, 9.0])], 1.3, 2.0 * i, 1.7)

    return [walker(i) for i in range(count)]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_about_as_many_come_with_others_as_are_wanted_and_each_is_in_one_company(share):
    companies = gather(np.random.default_rng(3), walkers(4000), share)
    assert sorted(itertools.chain(*companies)) == list(range(4000))
    together = sum(len(members) for members in companies if len(members) > 1)
    assert together / 4000 == pytest.approx(share, abs=0.05)
    assert {len(members) for members in companies} == {1, 2, 3, 4}


def test_a_company_keeps_near_each_other_on_its_way():
    people = walkers(4)
    gather(np.random.default_rng(8), people, 1.0)
    company = [w for w in people if w.company == people[0].company]
    assert len(company) > 1
    crowd = Crowd(company)
    while len(crowd.present()) == len(company):
        crowd.advance(crowd.now + STEP)
        for one, other in itertools.combinations(company, 2):
            assert np.linalg.norm(one.at - other.at) < 2.5
        assert crowd.now < 30


def test_walks_say_who_came_together_and_are_the_same_by_seed(tmp_path):
    door = Door(seed=2, view="steep", seconds=40, a_minute=30)
    rows, truth = walks.make(door)
    assert walks.make(door) == (rows, truth)
    assert truth["made_up"] and truth["passages"]
    members = list(itertools.chain(*truth["companies"]))
    assert sorted(members) == list(range(1, 21)) and any(len(c) > 1 for c in truth["companies"])
    when = {}
    for passage in truth["passages"]:
        when.setdefault(passage["id"], passage["time"])
    for company in truth["companies"]:
        times = [when[who] for who in company if who in when]
        assert not times or max(times) - min(times) < 6
    for row in rows.splitlines():
        frame, who, _, _, wide, high, *_ = (float(v) for v in row.split(","))
        assert 1 <= frame <= 400 and 1 <= who <= 20 and wide > 0 and high > 0
    made = next(walks.write(tmp_path, range(2, 3), [30.0], 20))
    assert json.loads((made / "truth.json").read_text())["view"] == "side"
