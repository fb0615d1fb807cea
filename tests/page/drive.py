"""Drives the page in a headless Chromium, as a person would, and prints what it found as JSON.

usage: drive.py draw URL
       drive.py screenshots FOLDER FOOTFALL CLIP
"""

import base64
import json
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

FRAMES = 795  # in the sample clip
PATIENCE = 240  # seconds; the clip takes a while on a busy machine


def browser(size=(1400, 900)):
    """A headless Chromium that logs its console and its requests."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.add_argument(f"--window-size={size[0]},{size[1]}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def api(url, path):
    with urllib.request.urlopen(f"{url}/api/v1/{path}", timeout=30) as answer:
        return json.load(answer)


def wait(driver, condition):
    return WebDriverWait(driver, PATIENCE, 0.2, [StaleElementReferenceException]).until(condition)


def text(driver, selector):
    return driver.find_element(By.CSS_SELECTOR, selector).text


def problems(driver):
    """What the browser complained of."""
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]


def other_hosts(driver, url):
    """Hosts that were asked for anything, beside the page's own."""
    own = urllib.parse.urlsplit(url).netloc
    hosts = set()
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            parts = urllib.parse.urlsplit(message["params"]["request"]["url"])
            if parts.scheme not in ("blob", "data", "chrome", "about") and parts.netloc != own:
                hosts.add(parts.netloc)
    return sorted(hosts)


def draw(driver, url):
    """Draws a line from the picture's lower to its upper edge and a zone over most of it, names and saves both, and
    waits for the clip's end."""
    driver.get(url)
    wait(driver, lambda d: text(d, "#frame"))
    driver.find_element(By.ID, "draw").click()
    lines = driver.find_element(By.ID, "lines")
    width, height = lines.size["width"], lines.size["height"]
    mouse = ActionChains(driver)
    mouse.move_to_element_with_offset(lines, 0, int(height * 0.48)).click_and_hold()
    mouse.move_by_offset(3, -int(height * 0.5)).move_by_offset(-3, -int(height * 0.46)).release().perform()
    rename(driver, "yard")
    # Corner by corner, closed by a double click on the last one.
    driver.find_element(By.ID, "draw-zone").click()
    driver.execute_script("scrollTo(0, 0)")
    mouse = ActionChains(driver)
    for x, y in ((0.4, 0.4), (-0.4, 0.4), (-0.4, -0.4)):
        mouse.move_to_element_with_offset(lines, int(width * x), int(height * y)).click()
    mouse.move_to_element_with_offset(lines, int(width * 0.4), int(-height * 0.4)).double_click().perform()
    rename(driver, "all of it")
    save(driver)
    wait(driver, lambda _: api(url, "sources")["sources"][0]["status"]["health"] == "ended")
    # The last people are decided about when the clip is over.
    wait(driver, lambda _: api(url, "sources")["sources"][0]["status"]["frames"] == FRAMES)
    shown = lambda d: {"in": int(text(d, "#in-today")), "out": int(text(d, "#out-today"))}  # noqa: E731
    wait(driver, lambda d: shown(d) == {way: api(url, "today")[way] for way in ("in", "out")})
    of_line = wait(driver, lambda _: api(url, "today")["lines"])[0]
    likely = {way: f"({of_line[f'{way}_low']} to {of_line[f'{way}_high']})" for way in ("in", "out")}
    row = text(driver, "#line-list .line .counts")
    assert row == f"in {of_line['in']} {likely['in']} · out {of_line['out']} {likely['out']}", row
    zone = api(url, "sources")["sources"][0]["status"]["zones"][0]
    today = api(url, "today")["zones"][0]
    assert today["visits"] == zone["visits"], (today, zone)
    told = f"{zone['people']} in it now · {today['visits']} visits today, "
    wait(driver, lambda d: text(d, "#line-list .zone .counts").startswith(told))
    by_keyboard(driver)
    by_mouse(driver, lines)
    return {"page": shown(driver), "zone": zone}


def edge(driver, kind):
    """The corners of the zone or mask on the picture, asked for at once: the page may draw it anew at any time."""
    return driver.execute_script(f"return document.querySelector('#lines .{kind} .edge').getAttribute('points')")


def by_keyboard(driver):
    """Draws, moves and removes without a mouse, then gives it all up."""
    count = lambda d: len(d.find_elements(By.CSS_SELECTOR, "#line-list li"))  # noqa: E731
    points = lambda d: edge(d, "mask")  # noqa: E731
    before = count(driver)
    mask = driver.find_element(By.ID, "draw-mask")
    mask.send_keys(Keys.SPACE, Keys.ESCAPE)
    assert mask.get_attribute("aria-pressed") == "false" and count(driver) == before
    mask.send_keys(Keys.SPACE, Keys.ENTER)
    wait(driver, lambda d: count(d) == before + 1)
    drawn = points(driver)
    driver.execute_script("document.querySelector('#lines .mask .end').focus()")
    driver.switch_to.active_element.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
    moved = points(driver)
    assert moved != drawn and moved.split()[1:] == drawn.split()[1:], (drawn, moved)
    driver.switch_to.active_element.send_keys(Keys.DELETE)
    assert len(points(driver).split()) == 3
    driver.switch_to.active_element.send_keys(Keys.DELETE)
    wait(driver, lambda d: count(d) == before)
    driver.find_element(By.ID, "discard").click()
    wait(driver, lambda d: not d.find_element(By.ID, "unsaved").is_displayed())


def by_mouse(driver, lines):
    """Moves the zone by its inside, and makes a point on its edge; then gives it up."""
    points = lambda: edge(driver, "zone").split()  # noqa: E731
    before = points()
    driver.execute_script("scrollTo(0, 0)")
    width, height = lines.size["width"], lines.size["height"]
    mouse = ActionChains(driver).move_to_element_with_offset(lines, width // 5, 0).click_and_hold()
    mouse.move_by_offset(20, 10).release().perform()
    moved = points()
    assert len(moved) == 4 and all(a != b for a, b in zip(before, moved, strict=True)), (before, moved)
    at = width // 5, int(height * 0.4) + 8
    ActionChains(driver).move_to_element_with_offset(lines, *at).double_click().perform()
    assert len(points()) == 5, points()
    driver.find_element(By.ID, "discard").click()
    wait(driver, lambda _: points() == before)


def rename(driver, name):
    """Names the shape that was just drawn: its field has the focus."""
    field = driver.switch_to.active_element
    field.clear()
    field.send_keys(name)


def save(driver):
    driver.find_element(By.CSS_SELECTOR, "#unsaved button.primary").click()
    wait(driver, lambda d: not d.find_element(By.ID, "unsaved").is_displayed())


def screenshots(folder, footfall, clip):
    """Saves pictures of the page over a run of the clip: on a desk, dark with the heat map, and on a phone."""
    command = [footfall, "run", clip, "--line", "door:384,576,384,0", "--serve", "127.0.0.1:0"]
    command += ["--zone", "crossroads:430,220,700,200,740,420,480,420"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        url = next(line.split()[-1] for line in process.stderr if line.startswith("the page is at"))
        next(line for line in process.stderr if line.startswith("the page stays at"))
        take(url, f"{folder}/page.webp", (1400, 900))
        take(url, f"{folder}/page-dark.webp", (1400, 900), dark=True, heat=True)
        take(url, f"{folder}/page-phone.webp", (390, 844))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()


def take(url, path, size, dark=False, heat=False):
    driver = browser(size)
    send = driver.execute_cdp_cmd
    try:
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        send("Emulation.setEmulatedMedia", {"features": [scheme]})
        width, height = size
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        send("Emulation.setDeviceMetricsOverride", screen)
        driver.get(url)
        wait(driver, lambda d: text(d, "#frame"))
        wait(driver, lambda d: text(d, "#in-today").isdigit())
        if heat:
            driver.find_element(By.ID, "show-heat").click()
        # One more frame of the browser, so that what was drawn last is in the picture.
        driver.execute_async_script("setTimeout(arguments[0], 1500)")
        picture = send("Page.captureScreenshot", {"format": "webp", "quality": 82})["data"]
        Path(path).write_bytes(base64.b64decode(picture))
    finally:
        driver.quit()


def main():
    scenario, *arguments = sys.argv[1:]
    if scenario == "screenshots":
        screenshots(*arguments)
        return
    (url,) = arguments
    driver = browser()
    try:
        found = draw(driver, url)
        found |= {"problems": problems(driver), "hosts": other_hosts(driver, url)}
    finally:
        driver.quit()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
