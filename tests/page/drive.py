"""Drives the page in a headless Chromium, as a person would, and prints what it found as JSON.

usage: drive.py draw URL
       drive.py screenshots FOLDER FOOTFALL CLIP
"""

import json
import signal
import subprocess
import sys
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
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
    return WebDriverWait(driver, PATIENCE, poll_frequency=0.2).until(condition)


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
    """Draws a line from the picture's lower to its upper edge, names it, saves it, and waits for the clip's end."""
    driver.get(url)
    wait(driver, lambda d: text(d, "#frame"))
    driver.find_element(By.ID, "draw").click()
    lines = driver.find_element(By.ID, "lines")
    width, height = lines.size["width"], lines.size["height"]
    mouse = ActionChains(driver)
    mouse.move_to_element_with_offset(lines, 0, int(height * 0.48)).click_and_hold()
    mouse.move_by_offset(3, -int(height * 0.5)).move_by_offset(-3, -int(height * 0.46)).release().perform()
    name = driver.switch_to.active_element
    name.clear()
    name.send_keys("yard")
    driver.find_element(By.CSS_SELECTOR, "#unsaved button.primary").click()
    wait(driver, lambda d: not d.find_element(By.ID, "unsaved").is_displayed())
    wait(driver, lambda _: api(url, "sources")["sources"][0]["status"]["health"] == "ended")
    # The last people are decided about when the clip is over.
    wait(driver, lambda _: api(url, "sources")["sources"][0]["status"]["frames"] == FRAMES)
    shown = lambda d: {"in": int(text(d, "#in-today")), "out": int(text(d, "#out-today"))}  # noqa: E731
    wait(driver, lambda d: shown(d) == {way: api(url, "today")[way] for way in ("in", "out")})
    of_line = api(url, "today")["lines"][0]
    row = text(driver, "#line-list .counts")
    assert row == f"in {of_line['in']} · out {of_line['out']}", row
    assert width > 0
    return {"page": shown(driver)}


def screenshots(folder, footfall, clip):
    """Saves the page over a run of the clip."""
    command = [footfall, "run", clip, "--line", "door:384,576,384,0", "--serve", "127.0.0.1:0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        url = next(line.split()[-1] for line in process.stderr if line.startswith("the page is at"))
        next(line for line in process.stderr if line.startswith("the page stays at"))
        take(url, f"{folder}/page.png", (1400, 860))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()


def take(url, path, size):
    driver = browser(size)
    try:
        driver.get(url)
        wait(driver, lambda d: text(d, "#frame"))
        wait(driver, lambda d: text(d, "#in-today").isdigit())
        # One more frame of the browser, so that what was drawn last is in the picture.
        driver.execute_async_script("setTimeout(arguments[0], 1500)")
        driver.save_screenshot(path)
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
