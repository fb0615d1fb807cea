"""Label Studio: a server of its own takes annotations of a video and of pictures, and exports them as JSON; those of
pictures as COCO's annotations too.  with_label_studio.py FOLDER PROGRAM"""

import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import scene

TOKEN = "a" * 40
CLASSES = '<Label value="Person"/><Label value="Car"/>'
VIDEO = (
    f'<View><Labels name="l" toName="v">{CLASSES}</Labels><Video name="v" value="$video"/>'
    '<VideoRectangle name="box" toName="v"/></View>'
)
PICTURES = (
    f'<View><Image name="i" value="$image"/><RectangleLabels name="l" toName="i">{CLASSES}</RectangleLabels></View>'
)


class Server:
    """One that keeps everything in a folder, and listens on loopback alone."""

    def __init__(self, program: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        account = ["--username", "someone@example.com", "--password", "someone", "--user-token", TOKEN]
        listen = ["--internal-host", "127.0.0.1", "--port", str(self.port), "--no-browser"]
        settings = {
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        }
        self.log = folder / "log"
        with self.log.open("w") as words:
            self.process = subprocess.Popen(
                [program, "start", "project", "--init", "--data-dir", folder, *listen, *account],
                stdout=words,
                stderr=words,
                cwd=folder,
                env={**os.environ, **settings},
            )

    def wait(self) -> None:
        """Until it answers; the first start makes a data base."""
        while self.process.poll() is None:
            try:
                self.ask("/api/projects")
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(1)
        sys.exit(f"Label Studio has ended:\n{self.log.read_text()[-2000:]}")

    def fetch(self, path: str, body: object = None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def ask(self, path: str, body: object = None) -> object:
        return json.loads(self.fetch(path, body))

    def project(self, title: str, view: str, tasks: list[dict]) -> int:
        number = self.ask("/api/projects", {"title": title, "label_config": view})["id"]
        self.ask(f"/api/projects/{number}/import", tasks)
        return number

    def export(self, project: int, kind: str) -> bytes:
        return self.fetch(f"/api/projects/{project}/export?exportType={kind}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def percent(box: tuple[float, float, float, float]) -> dict[str, float]:
    x, y, right, bottom = box
    shares = [100 * v / w for v, w in zip((x, y, right - x, bottom - y), (scene.WIDTH, scene.HEIGHT) * 2, strict=True)]
    return {**dict(zip(("x", "y", "width", "height"), shares, strict=True)), "rotation": 0}


def video() -> list[dict]:
    """A result for each person: what moves on a straight line has its first and its last frame alone."""
    results = []
    for who in (1, 2, 3, 9):
        seen = {f: (k, b) for f in range(1, scene.FRAMES + 1) for k, i, _, b in scene.boxes(f) if i == who}
        ends = sorted({min(seen), 2, 4, max(seen)})  # nobody is in frame 3
        keys = [{"frame": f, "enabled": f not in (2, ends[-1]), "time": f / 25, **percent(seen[f][1])} for f in ends]
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


def as_text(exported: bytes) -> str:
    return json.dumps(json.loads(exported), indent=1) + "\n"


def main() -> None:
    folder, program = Path(sys.argv[1]), sys.argv[2]
    frames = range(1, scene.FRAMES + 1)
    films = [{"data": {"video": "shop.mp4"}, "annotations": [{"result": video()}]}]
    pictures = [{"data": {"image": f"shop_{f:04}.png"}, "annotations": [{"result": picture(f)}]} for f in frames]
    with tempfile.TemporaryDirectory() as scratch:
        server = Server(program, Path(scratch))
        try:
            server.wait()
            film = server.project("video", VIDEO, films)
            (folder / "label-studio-video.json").write_text(as_text(server.export(film, "JSON")))
            shots = server.project("pictures", PICTURES, pictures)
            (folder / "label-studio-pictures.json").write_text(as_text(server.export(shots, "JSON")))
            coco = zipfile.ZipFile(io.BytesIO(server.export(shots, "COCO")))
            (folder / "label-studio-coco.json").write_text(as_text(coco.read("result.json")))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
