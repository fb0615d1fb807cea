"""Joining tracks: who is asked about, the page in a real browser, and the set that comes of the answers."""

import json
import shutil

import numpy as np
import pytest

from conftest import person
from reid.__main__ import main
from reid.joins import apply
from reid.joins.propose import pairs
from reid.joins.tracks import read, strangers

# Tracks by folder: (person, first frame, last frame). 1 and 3 are one person who came back, and so are 2 and 4.
TRACKS = {1: (1, 1, 40), 2: (2, 10, 60), 3: (1, 80, 120), 4: (2, 90, 130), 5: (3, 58, 100)}


@pytest.fixture(scope="module")
def harvested(tmp_path_factory):
    """A set as `footfall harvest` leaves it."""
    root = tmp_path_factory.mktemp("harvest") / "shop"
    for number, (who, first, last) in TRACKS.items():
        folder = root / f"{number:04}"
        folder.mkdir(parents=True)
        for image, frame in enumerate(np.linspace(first, last, 4).astype(int)):
            person(who, 10 * number + image).save(folder / f"{number:04}_c1s1_{frame:06}_00.png")
    tracks = [{"track": n, "first_frame": first, "last_frame": last} for n, (_, first, last) in TRACKS.items()]
    (root / "manifest.json").write_text(json.dumps({"tracks": tracks}))
    return root


def test_who_was_in_one_picture_is_two_people(harvested):
    told = strangers(read([harvested]))
    together = {(a + 1, b + 1) for a, b in zip(*np.nonzero(np.triu(told)), strict=True)}
    # 2 and 5 share three frames only: one may be what became of the other.
    assert together == {(1, 2), (3, 4), (3, 5), (4, 5)}
    assert not strangers(read([harvested, harvested]))[:5, 5:].any(), "another camera's frames are another time"


def test_the_nearest_pairs_come_first_and_none_that_cannot_be():
    distance = np.array([[0, 0.1, 0.5, 0.6], [0.1, 0, 0.2, 0.9], [0.5, 0.2, 0, 0.3], [0.6, 0.9, 0.3, 0]])
    apart = np.zeros((4, 4), bool)
    apart[0, 1] = apart[1, 0] = True
    assert pairs(distance, apart, 9) == [(1, 2), (2, 3), (0, 2), (0, 3), (1, 3)]
    assert pairs(distance, apart, 2) == [(1, 2), (2, 3)]


def test_answers_that_contradict_each_other_are_named(harvested):
    tracks = read([harvested])
    assert apply.people(tracks, [(0, 2, "same"), (3, 1, "same"), (0, 4, "unsure")]) == [[0, 2], [1, 3], [4]]
    with pytest.raises(SystemExit, match="0/0001 and 0/0002 they are in one picture"):
        apply.people(tracks, [(0, 3, "same"), (1, 3, "same")])
    with pytest.raises(SystemExit, match="you said that they are two people"):
        apply.people(tracks, [(0, 2, "same"), (2, 0, "different")])


def test_a_file_that_is_none_of_the_page_s_is_refused(harvested, tmp_path):
    wrong = tmp_path / "joins.json"
    for text in ("", "[]", '{"pairs": [{"a": "0/0001", "b": "0/9999", "answer": "same"}]}'):
        wrong.write_text(text)
        with pytest.raises(SystemExit, match=r"joins\.json"):
            main(["join", "--crops", str(harvested), "--answers", str(wrong), "--output", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not shutil.which("chromedriver"), reason="needs Chromium and its driver")
def test_from_a_harvest_through_a_browser_to_a_set(harvested, exported, tmp_path):
    webdriver = pytest.importorskip("selenium.webdriver")
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    page, output = tmp_path / "joins.html", tmp_path / "joined"
    main(["propose", "--crops", str(harvested), "--model", str(exported), "--output", str(page)])
    assert page.stat().st_mode & 0o077 == 0
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"download.default_directory": str(tmp_path)})
    browser = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
    try:
        browser.get(page.as_uri())
        asked = 0
        while browser.find_element(By.ID, "pair").is_displayed():
            names = [browser.find_element(By.ID, f"{side}-name").text for side in "ab"]
            numbers = [int(name.split()[1].rstrip(",")) for name in names]
            assert len(browser.find_elements(By.CSS_SELECTOR, "#a img")) == 4
            same = TRACKS[numbers[0]][0] == TRACKS[numbers[1]][0]
            browser.find_element(By.ID, "different" if same else "same").click()
            browser.find_element(By.ID, "back").click()
            browser.find_element(By.ID, "same" if same else "different").click()
            asked += 1
        assert "2 joined" in browser.find_element(By.ID, "where").text and 2 <= asked <= 6
        browser.find_element(By.ID, "save").click()
        saved = tmp_path / "joins.json"
        WebDriverWait(browser, 20).until(lambda _: saved.exists() and saved.read_text().endswith("}"))
        assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    finally:
        browser.quit()
    main(["join", "--crops", str(harvested), "--answers", str(saved), "--output", str(output)])
    folders = {folder.name: sorted(file.name for file in folder.iterdir()) for folder in output.iterdir()}
    assert {name: len(files) for name, files in folders.items()} == {"0001": 8, "0002": 8, "0003": 4}
    assert folders["0003"][0] == "0003_c1s1_000058_00.png"
    with pytest.raises(SystemExit, match="nothing is overwritten"):
        main(["join", "--crops", str(harvested), "--answers", str(saved), "--output", str(output)])
