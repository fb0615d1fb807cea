"""Label Studio: a server of its own takes annotations of a video and of pictures, and exports them as JSON.
with_label_studio.py FOLDER PROGRAM"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import scene

PORT, TOKEN = 8087, "a" * 40
ADDRESS = f"http://127.0.0.1:{PORT}"
CLASSES = '<Label value="Person"/><Label value="Car"/>'
VIDEO = (
    f'<View><Labels name="l" toName="v">{CLASSES}</Labels><Video name="v" value="$video"/>'
    '<VideoRectangle name="box" toName="v"/></View>'
)
PICTURES = (
    f'<View><Image name="i" value="$image"/><RectangleLabels name="l" toName="i">{CLASSES}</RectangleLabels></View>'
)


def ask(path: str, body: object = None) -> object:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(ADDRESS + path, data, headers)) as answer:
        return json.load(answer)


def percent(box: tuple[float, float, float, float]) -> dict[str, float]:
    x, y, right, bottom = box
    shares = [100 * v / w for v, w in zip((x, y, right - x, bottom - y), (scene.WIDTH, scene.HEIGHT) * 2, strict=True)]
    return {**dict(zip(("x", "y", "width", "height"), shares, strict=True)), "rotation": 0}


def video() -> list[dict]:
    """A result for each person: what moves on a straight line has its first and its last frame alone."""
    results = []
    for who in (1, 2, 3, 9):
        seen = {f: (k, b) for f in range(1, scene.FRAMES + 1) for k, i, _, b in scene.boxes(f) if i == who}
        ends = [min(seen), 2, 4, max(seen)]  # nobody is in frame 3
        keys = [{"frame": f, "enabled": f not in (2, ends[3]), "time": f / 25, **percent(seen[f][1])} for f in ends]
        name = "Person" if seen[1][0] == scene.PERSON else "Car"
        value = {"framesCount": scene.FRAMES, "duration": scene.FRAMES / 25, "sequence": keys, "labels": [name]}
        results.append({"id": f"r{who}", "type": "videorectangle", "from_name": "box", "to_name": "v", "value": value})
    return results


def picture(frame: int) -> list[dict]:
    return [
        {
            "id": f"r{who}", "type": "rectanglelabels", "from_name": "l", "to_name": "i",
            "original_width": scene.WIDTH, "original_height": scene.HEIGHT,
            "value": {**percent(box), "rectanglelabels": ["Person" if kind == scene.PERSON else "Car"]},
        }
        for kind, who, _, box in scene.boxes(frame)
    ]  # fmt: skip


def export(title: str, view: str, tasks: list[dict], path: Path) -> None:
    project = ask("/api/projects", {"title": title, "label_config": view})["id"]
    ask(f"/api/projects/{project}/import", tasks)
    path.write_text(json.dumps(ask(f"/api/projects/{project}/export?exportType=JSON"), indent=1) + "\n")


def main() -> None:
    folder, program = Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as scratch:
        account = ["--username", "someone@example.com", "--password", "someone", "--user-token", TOKEN]
        command = [
            program,
            "start",
            "--no-browser",
            "--port",
            str(PORT),
            "--data-dir",
            scratch,
            "--init",
            "p",
            *account,
        ]
        settings = {
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        }
        log = folder / "label-studio.log"
        with log.open("w") as words:
            server = subprocess.Popen(command, stdout=words, stderr=words, env={**os.environ, **settings})
        try:
            for _ in range(600):
                try:
                    ask("/api/projects")
                    break
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(1)
            export(
                "video",
                VIDEO,
                [{"data": {"video": "shop.mp4"}, "annotations": [{"result": video()}]}],
                folder / "label-studio-video.json",
            )
            frames = range(1, scene.FRAMES + 1)
            tasks = [{"data": {"image": f"shop_{f:04}.png"}, "annotations": [{"result": picture(f)}]} for f in frames]
            export("pictures", PICTURES, tasks, folder / "label-studio-pictures.json")
        finally:
            server.terminate()
            server.wait()
    log.unlink()


if __name__ == "__main__":
    main()
