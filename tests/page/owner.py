"""Looks at the page as an owner does, in a headless Chromium, and prints what it found as JSON.

usage: owner.py sign-in URL TOKEN
       owner.py rename URL
       owner.py draw URL desk|phone
       owner.py ledger URL
       owner.py settings URL TOKEN
       owner.py wall URL            says "ready" on stdout, and goes on when a line comes; twice
       owner.py lost URL            says "ready" on stdout, and goes on when a line comes
"""

import json
import sys

from drive import browser, text, wait
from hand import DESK, PHONE, Hand
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select


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


def draw(driver, url, screen):
    """After one line Save is in sight, wherever the page is scrolled to while the picture is."""
    hand = Hand(driver, PHONE if screen == "phone" else DESK)
    driver.get(url)
    wait(driver, lambda d: text(d, "#frame"))
    hand.click("#draw")
    driver.execute_script("document.querySelector('#stage').scrollIntoView({block: 'center'})")
    hand.drag("#lines", (-0.2, 0.4), (-0.2, -0.4))
    wait(driver, lambda d: is_shown(d, "#unsaved"))
    save = driver.find_element(By.CSS_SELECTOR, "#unsaved .primary")
    places = ("#stage", "#line-list .line:last-child")
    sight = []
    for place in places:
        driver.execute_script("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", place)
        sight.append(hand.is_in_sight(save))
    hand.click("#unsaved .primary")
    wait(driver, lambda d: text(d, "#hint").startswith("Saved"))
    names = [field.get_attribute("value") for field in driver.find_elements(By.CSS_SELECTOR, "#line-list input")]
    return {"in sight": sight, "lines": names}


def settings(driver, url, token):
    """Makes a token, adds a camera, enrols who passed, and is told what cannot be done."""
    driver.get(url)
    wait(driver, lambda d: is_shown(d, "#sign-in"))
    driver.find_element(By.ID, "token").send_keys(token, Keys.ENTER)
    wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, "#crossings summary"))
    driver.find_element(By.CSS_SELECTOR, "[data-view=settings]").click()
    card = lambda name: f"#settings [aria-label={name}]"  # noqa: E731
    said = lambda name: wait(driver, lambda d: text(d, f"{card(name)} .said"))  # noqa: E731

    def fill(name, fields):
        form = driver.find_elements(By.CSS_SELECTOR, f"{card(name)} form")[-1]
        for field, words in fields.items():
            element = form.find_element(By.NAME, field)
            element.clear()
            element.send_keys(words)
        form.find_element(By.CSS_SELECTOR, "button:last-child").click()

    wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, f"{card('Cameras')} form"))
    fill("Cameras", {"name": "back", "address": "/etc/passwd"})
    refused = said("Cameras")
    fill("Cameras", {"name": "back", "address": "rtsp://me:hunter2@127.0.0.1:9/x"})
    wait(driver, lambda d: len(d.find_elements(By.CSS_SELECTOR, f"{card('Cameras')} li")) == 2)
    shown = driver.find_elements(By.CSS_SELECTOR, f"{card('Cameras')} li input")[-1].get_attribute("value")
    driver.find_element(By.CSS_SELECTOR, f"{card('Staff')} .face input").click()
    fill("Staff", {"name": "Anna", "days": "14"})
    enrolled = said("Staff")
    fill("Hours", {"mon": "09:00-18:30", "sat": "10:00-16:00"})
    said("Hours")
    fill("Alerts", {"name": "full", "number": "7"})
    wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, f"{card('Alerts')} li"))
    alert = text(driver, f"{card('Alerts')} li span")
    fill("Tokens", {"name": "wall"})
    made = wait(driver, lambda d: text(d, f"{card('Tokens')} .said code"))
    return {"refused": refused, "shown": shown, "enrolled": enrolled, "alert": alert, "token": made}


def wall(driver, url):
    """The wall over a program that ends and comes back."""
    driver.get(f"{url}/#wall")
    wait(driver, lambda d: text(d, "#wall-inside").isdigit())
    wait(driver, lambda d: not is_shown(d, "#wall-alert"))
    # What is read from five metres: a twentieth of the screen's height and more.
    height = driver.execute_script(
        "return parseFloat(getComputedStyle(document.getElementById('wall-inside')).fontSize) / innerHeight"
    )
    before = {"height": height, "header": is_shown(driver, "header"), "in": text(driver, "#wall-in")}
    print("ready", flush=True)
    sys.stdin.readline()
    wait(driver, lambda d: "Not connected" in text(d, "#wall-alert"))
    faint = "return getComputedStyle(document.getElementById('wall-in')).opacity"
    gone = {"alert": text(driver, "#wall-alert"), "opacity": float(driver.execute_script(faint))}
    print("ready", flush=True)
    sys.stdin.readline()
    wait(driver, lambda d: not is_shown(d, "#wall-alert"))
    return {"before": before, "gone": gone, "opacity": float(driver.execute_script(faint))}


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
    driver.find_elements(By.CSS_SELECTOR, "#line-list .line button")[-2].click()  # Swap in and out


def ledger(driver, url):
    """Over a ledger alone there are numbers, and nothing of a picture."""
    driver.get(url)
    wait(driver, lambda d: text(d, "#in-today").isdigit())
    wait(driver, lambda d: text(d, "#link") != "connecting")
    shown = ("#stage", "#draw", "#draw-zone", "#draw-mask", "#health", "#in-picture", "#in-today", "#hours")
    found = {selector: is_shown(driver, selector) for selector in shown}
    driver.execute_script("location.hash = '#history'")
    wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, "#rows td.n"))
    marks = "return [...document.querySelectorAll('#range-chart text[text-anchor=end]')].map((t) => t.textContent)"
    found["marks"] = driver.execute_script(marks)
    Select(driver.find_element(By.ID, "preset")).select_by_value("week")
    Select(driver.find_element(By.ID, "beside")).select_by_value("week")
    wait(driver, lambda d: "not counted" in text(d, "#range-in-beside"))
    found["rows"] = [row.text for row in driver.find_elements(By.CSS_SELECTOR, "#rows tr")]
    found["uncounted"] = text(driver, "#range-uncounted")
    found["hatched"] = len(driver.find_elements(By.CSS_SELECTOR, "#range-chart rect.uncounted"))
    return found


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
        scenarios = {"draw": draw, "ledger": ledger, "lost": lost, "rename": rename, "settings": settings}
        scenarios |= {"sign-in": sign_in, "wall": wall}
        found = scenarios[scenario](driver, url, *arguments)
    finally:
        driver.quit()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
