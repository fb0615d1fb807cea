"""A new owner's first hour: from an empty folder to yesterday's report, with the clicks counted. Prints JSON.

usage: first_hour.py FOOTFALL ADDRESS FOLDER desk|phone [PICTURES]

FOLDER is empty; PICTURES, if given, a folder for a picture of each step. The first day is yesterday: the program's
clock and the browser's are a day behind.
"""

import base64
import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from drive import api, browser, text, wait
from hand import DESK, PHONE, Hand
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

# The browser's clock, a day behind.
YESTERDAY = """const day = 86400000, Real = Date;
Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() - day); }
  static now() { return Real.now() - day; }
};"""


class Day:
    """The program on one day, with its page."""

    def __init__(self, footfall, folder, is_first):
        # Its waits go by the other clock, which is left alone.
        environment = os.environ | {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        command = [footfall, "run", "--config", "footfall.toml", "--serve", "127.0.0.1:0"]
        command = ["faketime", "-f", "-1d", *command] if is_first else command
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        said = []
        for line in self.process.stderr:
            said.append(line)
            if line.startswith("the page is at"):
                self.url = line.split()[-1].rstrip("/")
                return
        raise RuntimeError("".join(said))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.communicate(timeout=60)


class Album:
    """A picture of each step, where somebody wants them."""

    def __init__(self, folder, screen):
        self.folder, self.screen, self.count = folder, screen, 0

    def add(self, driver, name):
        self.count += 1
        if self.folder is None:
            return
        picture = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "webp", "quality": 82})["data"]
        Path(self.folder, f"{self.screen}-{self.count}-{name}.webp").write_bytes(base64.b64decode(picture))


def press(driver, hand, selector, done):
    """Clicks, and once more where it was missed, as a person does."""
    for _ in range(3):
        hand.click(selector)
        try:
            return WebDriverWait(driver, 20, 0.2, [StaleElementReferenceException]).until(done)
        except TimeoutException:
            continue
    raise TimeoutException(f"{selector}: {text(driver, '#hint')}")


def first_day(driver, hand, album, url):
    """Draws the line where people pass, and sees them counted."""
    driver.get(url)
    wait(driver, lambda d: text(d, "#frame"))
    wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, "#line-list .line"))
    album.add(driver, "proposed")
    hand.click("#line-list .line button:last-of-type")
    hand.click("#draw")
    album.add(driver, "draw")
    hand.drag("#lines", (0, 0.47), (0, -0.47))
    wait(driver, lambda d: d.find_element(By.ID, "unsaved").is_displayed())
    hand.type("door")
    save = driver.find_element(By.CSS_SELECTOR, "#unsaved .primary")
    in_sight = hand.is_in_sight(save)
    album.add(driver, "save")
    press(driver, hand, "#unsaved .primary", lambda d: text(d, "#hint").startswith("Saved"))
    wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, "#crossings summary"))
    picture = "return document.querySelector('.about img')?.naturalWidth > 0"
    press(driver, hand, "#crossings summary", lambda d: d.execute_script(picture))
    album.add(driver, "crossing")
    return in_sight


def next_day(driver, hand, album, url):
    """Looks at yesterday's report, and takes it along."""
    driver.get(url)
    wait(driver, lambda d: text(d, "#in-today").isdigit())
    hand.click("[data-view=history]")
    hand.choose("#preset", "yesterday")
    wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, "#rows td.n"))
    album.add(driver, "yesterday")
    link = driver.find_element(By.ID, "counts-csv").get_attribute("href")
    hand.click("#counts-csv")
    answer = driver.execute_async_script("fetch(arguments[0]).then((a) => a.text()).then(arguments[1])", link)
    rows = list(csv.DictReader(io.StringIO(answer)))
    told = {way: int(text(driver, f"#range-{way}")) for way in ("in", "out")}
    file = {way: sum(int(row[way]) for row in rows) for way in ("in", "out")}
    return {"told": told, "file": file, "lines": sorted({row["line"] for row in rows})}


def main():
    footfall, address, folder, screen, *pictures = sys.argv[1:]
    album = Album(pictures[0] if pictures else None, screen)
    subprocess.run([footfall, "init", f"front={address}"], cwd=folder, check=True, stderr=subprocess.PIPE)
    driver = browser()
    try:
        hand = Hand(driver, PHONE if screen == "phone" else DESK)
        shift = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": YESTERDAY})
        with Day(footfall, folder, True) as day:
            in_sight = first_day(driver, hand, album, day.url)
            counted = api(day.url, "today")
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", shift)
        with Day(footfall, folder, False) as day:
            report = next_day(driver, hand, album, day.url)
    finally:
        driver.quit()
    counted = counted["in"] + counted["out"]
    print(json.dumps({"clicks": hand.clicks, "save in sight": in_sight, "counted": counted, "report": report}))


if __name__ == "__main__":
    main()
