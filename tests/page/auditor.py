"""Audits one clip as a person would, in a headless Chromium, and prints what it found as JSON.

usage: auditor.py URL TOKEN
"""

import json
import sys

from drive import browser, problems, text, wait
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys


def is_shown(driver, selector):
    return driver.find_element(By.CSS_SELECTOR, selector).is_displayed()


def press(driver, keys):
    driver.find_element(By.CSS_SELECTOR, "#main").send_keys(keys)


def value(driver, selector):
    return int(driver.find_element(By.CSS_SELECTOR, selector).get_property("value"))


def audit(driver, url, token):
    """Signs in, goes back and forth, counts with keys and by tapping, and gives each difference a reason."""
    driver.get(f"{url}/audit.html")
    wait(driver, lambda d: is_shown(d, "#sign-in"))
    driver.find_element(By.ID, "token").send_keys(token)
    driver.find_element(By.CSS_SELECTOR, "#sign-in button").click()
    wait(driver, lambda d: is_shown(d, "#work") and text(d, "#lines"))
    found = {
        "before": is_shown(driver, "#revealed"),
        "progress": text(driver, "#progress"),
    }
    press(driver, Keys.ARROW_RIGHT * 5 + Keys.ARROW_LEFT * 2)
    wait(driver, lambda d: value(d, "#place") == 3)
    press(driver, "++ ")
    wait(driver, lambda d: value(d, "#place") > 10)
    press(driver, " ")
    found["speed"] = driver.find_element(By.ID, "speed").get_property("value")
    press(driver, "iiio" + Keys.SHIFT + "i")
    driver.find_element(By.CSS_SELECTOR, "[aria-label='door out one more']").click()
    found["counted"] = [text(driver, "#in-0"), text(driver, "#out-0")]
    canvas = "return document.getElementById('picture').toDataURL().length"
    found["picture"] = driver.execute_script(canvas) > 5000
    driver.find_element(By.ID, "done").click()
    wait(driver, lambda d: is_shown(d, "#revealed") and text(d, "#differences"))
    found["revealed"] = text(driver, "#differences")
    found["reasons"] = len(driver.find_elements(By.CSS_SELECTOR, "#differences select"))
    driver.find_element(By.ID, "next").click()
    wait(driver, lambda d: text(d, "#figures"))
    found |= {"after": text(driver, "#progress"), "result": text(driver, "#figures")}
    driver.get(f"{url}/doubtful.html")
    wait(driver, lambda d: is_shown(d, "#work") and text(d, "#crossings"))
    wait(driver, lambda d: d.execute_script(canvas) > 5000)
    found["doubtful"] = [text(driver, "#progress"), text(driver, "#crossings")]
    driver.find_element(By.CSS_SELECTOR, "#crossings button").click()
    wait(driver, lambda d: value(d, "#place") > 0)
    press(driver, "n")
    wait(driver, lambda d: text(d, "#progress").startswith("2 of"))
    # Without a session the page asks; that is no problem of its own.
    found["problems"] = [
        problem for problem in problems(driver) if "401" not in problem
    ]
    return found


def main():
    driver = browser()
    try:
        found = audit(driver, *sys.argv[1:])
    finally:
        driver.quit()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
