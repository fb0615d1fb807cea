"""Has axe-core look at every view of the page: light and dark, on a desk and on a phone. Prints what it finds as JSON.

usage: accessible.py URL TOKEN AXE      AXE is axe.min.js
"""

import json
import sys
from pathlib import Path

from drive import browser, text, wait
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

SCREENS = {"desk": (1400, 900), "phone": (390, 844)}


def show(driver, screen, scheme):
    """Makes the browser that screen, in light or dark colours."""
    width, height = SCREENS[screen]
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)


def look(driver, axe):
    """The rules that are broken by what is shown now, with the places."""
    driver.execute_script(axe)
    run = """const done = arguments[0];
    axe.run().then((found) => done(found.violations), (error) => done([{id: String(error), nodes: []}]));"""
    return [
        {"rule": rule["id"], "at": [node["html"][:160] for node in rule["nodes"]]}
        for rule in driver.execute_async_script(run)
    ]


def everywhere(driver, axe, view):
    """What is broken in the view that is shown, on each screen in each scheme."""
    found = []
    for screen in SCREENS:
        for scheme in ("light", "dark"):
            show(driver, screen, scheme)
            found += [{"view": view, "screen": screen, "scheme": scheme, **broken} for broken in look(driver, axe)]
    return found


def go_to(driver, view):
    driver.execute_script(f"location.hash = '#{view}'")
    wait(driver, lambda d: d.find_element(By.ID, view).is_displayed())


def main():
    url, token, axe = sys.argv[1:]
    axe = Path(axe).read_text(encoding="utf-8")
    driver = browser()
    driver.set_script_timeout(120)
    views = []
    try:
        driver.get(url)
        wait(driver, lambda d: d.find_element(By.ID, "sign-in").is_displayed())
        found = everywhere(driver, axe, "sign-in")
        driver.find_element(By.ID, "token").send_keys(token, Keys.ENTER)
        wait(driver, lambda d: text(d, "#frame"))
        wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, "#crossings summary"))
        driver.find_element(By.CSS_SELECTOR, "#crossings summary").click()
        driver.find_element(By.ID, "show-heat").click()
        wait(driver, lambda d: text(d, "#heat-words"))
        found += everywhere(driver, axe, "live")
        # A line that is drawn and not saved, and a zone that is begun.
        driver.find_element(By.ID, "draw").send_keys(Keys.ENTER)
        driver.find_element(By.ID, "draw").send_keys(Keys.ENTER)
        wait(driver, lambda d: d.find_element(By.ID, "unsaved").is_displayed())
        driver.find_element(By.ID, "draw-zone").send_keys(Keys.SPACE)
        wait(driver, lambda d: d.find_element(By.ID, "hint").is_displayed())
        found += everywhere(driver, axe, "drawing")
        for view, ready in (("history", "#rows td"), ("settings", "#settings form"), ("wall", "#wall-clock")):
            go_to(driver, view)
            wait(driver, lambda d, ready=ready: d.find_elements(By.CSS_SELECTOR, ready))
            found += everywhere(driver, axe, view)
            views.append(view)
    finally:
        driver.quit()
    print(json.dumps({"views": ["sign-in", "live", "drawing", *views], "broken": found}))


if __name__ == "__main__":
    main()
