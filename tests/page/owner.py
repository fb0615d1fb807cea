"""Looks at the page as an owner does, in a headless Chromium, and prints what it found as JSON.

usage: owner.py sign-in URL TOKEN
       owner.py rename URL
       owner.py ledger URL
       owner.py lost URL            says "ready" on stdout, and goes on when a line comes
"""

import json
import sys

from drive import browser, text, wait
from selenium.webdriver.common.by import By


def is_shown(driver, selector):
    return driver.find_element(By.CSS_SELECTOR, selector).is_displayed()


def sign_in(driver, url, token):
    """The live page itself asks for the token, and shows pictures when it has it."""
    driver.get(url)
    wait(driver, lambda d: is_shown(d, "#sign-in"))
    field = driver.find_element(By.ID, "token")
    field.send_keys("wrong")
    driver.find_element(By.CSS_SELECTOR, "#sign-in button").click()
    wait(driver, lambda d: text(d, "#sign-in-note"))
    note = text(driver, "#sign-in-note")
    field.clear()
    field.send_keys(token)
    driver.find_element(By.CSS_SELECTOR, "#sign-in button").click()
    wait(driver, lambda d: text(d, "#frame"))
    return {"note": note, "asks": is_shown(driver, "#sign-in")}


def rename(driver, url):
    """Renames the first of two lines, then turns the other one, with time for the program to read its file again."""
    driver.get(url)
    wait(driver, lambda d: len(d.find_elements(By.CSS_SELECTOR, "#line-list .line")) == 2)
    said = []
    for change in (rename_first, turn_last, turn_last):
        change(driver)
        driver.find_element(By.CSS_SELECTOR, "#unsaved button.primary").click()
        wait(driver, lambda d: text(d, "#hint").startswith(("Saved", "Somebody")))
        said.append(text(driver, "#hint"))
        driver.execute_script("document.querySelector('#hint').textContent = ''")
        # Two looks at the file, and one more.
        driver.execute_async_script("setTimeout(arguments[0], 4000)")
    names = [f.get_attribute("value") for f in driver.find_elements(By.CSS_SELECTOR, "#line-list .line input")]
    return {"said": said, "names": names}


def rename_first(driver):
    field = driver.find_element(By.CSS_SELECTOR, "#line-list .line input")
    field.clear()
    field.send_keys("entrance")


def turn_last(driver):
    driver.find_elements(By.CSS_SELECTOR, "#line-list .line button")[-2].click()


def ledger(driver, url):
    """Over a ledger alone there are numbers, and nothing of a picture."""
    driver.get(url)
    wait(driver, lambda d: text(d, "#in-today").isdigit())
    wait(driver, lambda d: text(d, "#link") != "connecting")
    shown = ("#stage", "#draw", "#draw-zone", "#draw-mask", "#health", "#in-picture", "#in-today", "#hours")
    return {selector: is_shown(driver, selector) for selector in shown}


def lost(driver, url):
    """A camera goes away while somebody looks."""
    driver.get(url)
    wait(driver, lambda d: text(d, "#frame"))
    wait(driver, lambda d: text(d, "#link") not in ("", "connecting"))
    look = lambda: {"link": text(driver, "#link"), "alert": text(driver, "#stage-alert"),  # noqa: E731
                    "people": text(driver, "#in-picture"), "health": text(driver, "#health")}  # fmt: skip
    before = look()
    print("ready", flush=True)
    sys.stdin.readline()
    wait(driver, lambda d: "No picture" in text(d, "#stage-alert") and "No picture" in text(d, "#link"))
    wait(driver, lambda d: text(d, "#in-picture") == "–")
    return {"before": before, "after": look()}


def main():
    scenario, url, *arguments = sys.argv[1:]
    driver = browser()
    try:
        found = {"sign-in": sign_in, "rename": rename, "ledger": ledger, "lost": lost}[scenario](driver, url, *arguments)
    finally:
        driver.quit()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
