"""Looks at the office's page as somebody there does, in a headless Chromium, and prints what it found as JSON.

usage: office.py URL TOKEN AXE SHOP FOLDER      AXE is axe.min.js; pictures of the page go to FOLDER
"""

import json
import sys
from pathlib import Path

from accessible import everywhere, show
from drive import browser, problems, text, wait
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys


def set_to(field, value):
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(value)


def field(driver, label):
    return driver.find_element(By.XPATH, f"//label[contains(., '{label}')]/input")


def send(driver):
    """Sends the form, and gives what has come of the newest edit once that is known."""
    before = len(driver.find_elements(By.CSS_SELECTOR, "#edits li"))
    driver.find_element(By.CSS_SELECTOR, "#machines button").click()
    wait(driver, lambda d: len(d.find_elements(By.CSS_SELECTOR, "#edits li")) > before)
    wait(driver, lambda d: "on its way" not in text(d, "#edits li"))
    return text(driver, "#edits li")


def pictures(driver, name, folder):
    for screen in ("desk", "phone"):
        show(driver, screen, "light")
        driver.save_screenshot(str(folder / f"{name}-{screen}.png"))
    show(driver, "desk", "light")


def main():
    url, token, axe, shop, folder = sys.argv[1:]
    axe, folder = Path(axe).read_text(encoding="utf-8"), Path(folder)
    driver = browser()
    driver.set_script_timeout(120)
    try:
        driver.get(url)
        wait(driver, lambda d: d.find_element(By.ID, "sign-in").is_displayed())
        broken = everywhere(driver, axe, "sign-in")
        show(driver, "desk", "light")
        driver.find_element(By.ID, "token").send_keys(token, Keys.ENTER)
        wait(driver, lambda d: shop in text(d, "#shops"))
        # A machine that is busy with other tests may say that it is overloaded.
        wait(driver, lambda d: not any(word in text(d, "#shops") for word in ("silent", "no source")))
        found = {"row": text(driver, "#shops tr"), "alerts": text(driver, "#alerts")}
        broken += everywhere(driver, axe, "all")
        pictures(driver, "all", folder)
        driver.find_element(By.LINK_TEXT, shop).click()
        wait(driver, lambda d: d.find_element(By.ID, "settings").is_displayed())
        driver.find_element(By.CSS_SELECTOR, "#machines summary").click()
        set_to(field(driver, "Line"), "gate")
        set_to(field(driver, "counter.dead_band"), "0.25")
        found["first"] = send(driver)
        driver.find_element(By.CSS_SELECTOR, "#machines summary").click()
        set_to(field(driver, "counter.dead_band"), "-1")
        found["second"] = send(driver)
        broken += everywhere(driver, axe, "one")
        pictures(driver, "one", folder)
        found |= {"broken": broken, "problems": [line for line in problems(driver) if "401" not in line]}
        print(json.dumps(found))
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
