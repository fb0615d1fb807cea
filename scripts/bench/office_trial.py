"""What befalls a head office and its shops: kills, roads that are cut, clocks that are set, weeks without a line."""

import random
import shutil
import time
from collections import Counter
from pathlib import Path

import setting
from engines import until
from office_shop import Shop
from office_town import Town
from roads import Roads, Traffic
from stepped_clock import Clock

DAY = 86400
STEPS = (3600, -3600, 3 * DAY, -3 * DAY, 3 * 365 * DAY, -2 * 365 * DAY)
"""Seconds by which clocks are set."""
WEEKS = 21 * DAY
PARTS = {"office": 0.10, "hub": 0.05, "database": 0.05}
"""Who is killed how often; shops are the rest."""
TRIES = 3
"""A recording is killed so often at most."""
FAILED = 25
"""A recording that fails so often in a row is none of the kills' fault."""


class Trial:
    """All who take part, and what has befallen them."""

    def __init__(self, folder: Path, shops: int, away: int, recordings: list[Path], rests: int, seed: int):
        """`away` shops are without a line, and count `rests` recordings meanwhile."""
        self.dice, self.recordings, self.rests = random.Random(seed), recordings, rests
        names = [f"shop-{number:02}" for number in range(shops)]
        Clock.build(folder)
        self.town = Town(folder / "town", names)
        self.clock = Clock(folder / "town" / "clock")
        """The database's, and so the office's."""
        self.town.postgres.kill()
        self.town.postgres.environment = self.clock.environment
        self.town.postgres.start()
        self.roads = Roads()
        office = self.roads.build(self.town.hub.port)
        text = self.town.config.read_text()
        self.town.config.write_text(text.replace(f"127.0.0.1:{self.town.hub.port}", f"127.0.0.1:{office.port}"))
        self.office_road = office
        self.shops = [self.shop(name, index < away) for index, name in enumerate(names)]
        self.away = self.shops[:away]
        self.befallen: Counter[str] = Counter()
        self.restored: list[tuple[float, object]] = []
        self.failures = 0
        self.mirror: dict[str, dict[int, list]] = {}

    def shop(self, name: str, is_away: bool) -> Shop:
        road = self.roads.build(self.town.hub.port)
        shop = Shop(self.town, name, road, settings="retention = 7\n" if is_away else "")
        if is_away:
            road.set(Traffic.CUT)
            shop.clock.set(-WEEKS)
        return shop

    def open(self) -> None:
        self.town.open()
        for shop in self.shops:
            shop.open()

    def kills(self) -> int:
        return sum(number for what, number in self.befallen.items() if what.endswith("killed"))

    def befall(self, pause: float) -> None:
        """One turn: counting goes on, somebody is killed, and now and then a road or a clock is changed."""
        self.count()
        for shop in self.shops:
            # One that had no ledger has one now.
            shop.open()
        self.restore()
        chance = self.dice.random()
        if chance < 0.15:
            self.disturb_a_road()
        elif chance < 0.25:
            self.set_a_clock()
        self.kill()
        time.sleep(self.dice.uniform(0.2, 1.8) * pause)

    def count(self) -> None:
        """One shop counts at a time: whoever is away first, so that they come back."""
        for shop in self.shops:
            if shop.counting and (done := shop.has_counted()) is not None:
                self.failures = 0 if done else self.failures + 1
                if self.failures > FAILED:
                    raise SystemExit(f"error: {shop.name} cannot count: {shop.log.read_text()[-2000:]}")
                if done and shop in self.away:
                    self.go_on(shop)
        if not any(shop.counting for shop in self.shops):
            # Two of three are counted by those who are away.
            waiting = self.away if self.away and self.dice.random() < 0.66 else self.shops
            min(waiting, key=lambda shop: (shop.counted, shop.name)).count(self.recordings)

    def go_on(self, shop: Shop) -> None:
        """Some of the weeks have passed; once all have, its line is there again."""
        shop.clock.set(min(0, shop.clock.seconds + WEEKS // self.rests))
        if shop.counted >= self.rests:
            shop.clock.set(0)
            self.remember(shop)
            self.away.remove(shop)
            self.befallen["three weeks without a line"] += 1
            shop.road.set(Traffic.FREE)

    def remember(self, shop: Shop) -> None:
        """Retention may remove from the ledger what the office has by then."""
        self.mirror.setdefault(shop.name, {}).update({row[0]: row for row in shop.rows()})

    def kill(self) -> None:
        part = self.dice.choices([*PARTS, "shop"], [*PARTS.values(), 1 - sum(PARTS.values())])[0]
        match part:
            case "office":
                self.town.stop(kill=True)
                self.town.open()
            case "hub":
                self.town.hub.kill()
                self.town.hub.start()
            case "database":
                self.town.postgres.kill()
                self.town.postgres.start()
            case _:
                # A count that is always killed comes to nothing on a slow machine.
                shop = self.dice.choice([shop for shop in self.shops if not shop.counting or shop.tries < TRIES])
                shop.kill()
                shop.open()
        self.befallen[f"{part} killed"] += 1

    def disturb_a_road(self) -> None:
        ways = [shop.road for shop in self.shops if shop not in self.away] + [self.office_road]
        road = self.dice.choice(ways)
        if road.traffic is Traffic.FREE:
            traffic = self.dice.choice([Traffic.CUT, Traffic.BLOCKED, Traffic.SLOW])
            road.set(traffic)
            self.befallen[f"road {traffic.value}"] += 1
            self.restored.append((time.monotonic() + self.dice.uniform(1, 40), road))

    def set_a_clock(self) -> None:
        clock = self.dice.choice([shop.clock for shop in self.shops if shop not in self.away] + [self.clock])
        if clock.seconds == 0:
            clock.set(self.dice.choice(STEPS))
            self.befallen["database's clock set" if clock is self.clock else "shop's clock set"] += 1
            self.restored.append((time.monotonic() + self.dice.uniform(1, 30), clock))

    def restore(self, at_once: bool = False) -> None:
        """Roads and clocks are put right after some time."""
        left = []
        for when, what in self.restored:
            if not at_once and when > time.monotonic():
                left.append((when, what))
            elif isinstance(what, Clock):
                what.set(0)
            else:
                what.set(Traffic.FREE)
        self.restored = left

    def calm(self) -> None:
        """Nothing more befalls anybody; what is being counted is counted to its end."""
        self.restore(at_once=True)
        for shop in self.shops:
            while shop.counting:
                if shop.has_counted() is False:
                    shop.count(self.recordings)
                time.sleep(0.1)
            shop.open()

    def lose_in_the_publisher(self, shop: Shop) -> float:
        """A publisher leaves entries out; how long it takes until that is reported, in seconds."""
        known = self.gaps(shop)
        shop.road.set(Traffic.CUT)
        shop.kill()
        while shop.cursor() == shop.head():
            self.count_one(shop)
        shop.skip()
        shop.road.set(Traffic.FREE)
        shop.open()
        return self.reported(shop, known)

    def lose_at_the_hub(self, shop: Shop) -> float:
        """The hub's disk is lost with entries on it; how long it takes until that is reported, in seconds."""
        known = self.gaps(shop)
        self.town.stop()
        before = shop.head()
        while shop.head() == before:
            self.count_one(shop)
        shop.open()
        until("the hub has it", lambda: True if shop.cursor() == shop.head() else None)
        self.town.hub.kill()
        shutil.rmtree(self.town.hub.folder)
        self.town.hub.start()
        self.town.open()
        return self.reported(shop, known)

    def count_one(self, shop: Shop) -> None:
        shop.count(self.recordings)
        until("a recording is counted", lambda: None if shop.has_counted() is None else True)

    def gaps(self, shop: Shop, which: str = "true") -> int:
        sql = f"SELECT count(*) FROM report.gap WHERE shop = '{shop.name}' AND {which}"
        return until("the gaps", lambda: self.town.number(sql))

    def reported(self, shop: Shop, known: int) -> float:
        began = time.monotonic()
        until("the gap is reported", lambda: True if self.gaps(shop) > known else None, 180)
        seconds = time.monotonic() - began
        until("the gap is filled", lambda: True if self.gaps(shop, "closed IS NULL") == 0 else None, 300)
        filled = time.monotonic() - began
        setting.say(f"a gap of {shop.name} was reported after {seconds:.0f} s, and filled after {filled:.0f} s")
        return seconds

    def close(self) -> None:
        for shop in self.shops:
            shop.kill()
        self.town.close()
