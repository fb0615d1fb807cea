"""What a person does with a page: by mouse or by touch, counted."""

from selenium.webdriver.common.actions import interaction
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

DESK = (1400, 900)
PHONE = (390, 844)


class Hand:
    """Clicks or taps, and counts them: a drag is one, choosing from a list two."""

    def __init__(self, driver, size):
        self.driver = driver
        self.clicks = 0
        self.touches = size == PHONE
        screen = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": self.touches}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        if self.touches:
            driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})

    def _builder(self):
        kind = interaction.POINTER_TOUCH if self.touches else interaction.POINTER_MOUSE
        return ActionBuilder(self.driver, mouse=PointerInput(kind, "finger" if self.touches else "mouse"))

    def _bring_in_sight(self, element):
        if not self.is_in_sight(element):
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)

    def click(self, selector):
        """On the middle of what is there, once a person could see it."""
        element = self.driver.find_element(By.CSS_SELECTOR, selector)
        self._bring_in_sight(element)
        self.clicks += 1
        builder = self._builder()
        builder.pointer_action.move_to(element).pointer_down().pointer_up()
        builder.perform()

    def drag(self, selector, start, end):
        """From one place of what is there to another: shares of its width and height from its middle."""
        element = self.driver.find_element(By.CSS_SELECTOR, selector)
        self._bring_in_sight(element)
        width, height = element.size["width"], element.size["height"]
        at = lambda share: (int(width * share[0]), int(height * share[1]))  # noqa: E731
        middle = tuple((a + b) // 2 + 2 for a, b in zip(at(start), at(end), strict=True))
        self.clicks += 1
        builder = self._builder()
        pointer = builder.pointer_action
        pointer.move_to(element, *at(start)).pointer_down()
        for place in (middle, at(end)):
            pointer.move_to(element, *place)
        pointer.pointer_up()
        builder.perform()

    def choose(self, selector, value):
        """From a list: one click opens it, one takes."""
        self.clicks += 2
        Select(self.driver.find_element(By.CSS_SELECTOR, selector)).select_by_value(value)

    def type(self, text):
        """Into what has the focus, in place of what is there."""
        field = self.driver.switch_to.active_element
        field.clear()
        field.send_keys(text)

    def is_in_sight(self, element):
        """Whether the whole of an element is on the screen, and nothing lies over its middle."""
        return self.driver.execute_script(
            """const box = arguments[0].getBoundingClientRect();
            if (box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth) return false;
            const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
            return arguments[0].contains(top);""",
            element,
        )
