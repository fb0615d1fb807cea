"""Lenses: what is projected is found again along the pixel's ray."""

import numpy as np
import pytest

from crowd.camera import EQUIDISTANT, EQUISOLID, PINHOLE, STEREOGRAPHIC, Camera

LENSES = (PINHOLE, STEREOGRAPHIC, EQUIDISTANT, EQUISOLID)


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("tilt", [5, 45, 90])
def test_a_pixel_of_the_floor_comes_back(lens, tilt):
    camera = Camera.looking(3.0, tilt, 7.0, lens, 80, (120, 160))
    for pixel in ((80, 60), (20, 100), (150, 110)):
        point = camera.floor(pixel)
        if point is None:
            continue
        assert abs(point[1]) < 1e-6
        back, far = camera.project(point[None])
        np.testing.assert_allclose(back[0], pixel, atol=0.01)
        assert far[0] == pytest.approx(np.linalg.norm(point - camera.position), rel=1e-5)


@pytest.mark.parametrize("lens", LENSES)
def test_rays_lead_where_points_are_seen(lens):
    camera = Camera.looking(2.0, 30, -4.0, lens, 100, (60, 80))
    rays = camera.rays()
    for y, x in ((0, 0), (30, 40), (59, 79), (10, 70)):
        pixels, _ = camera.project((camera.position + 4 * rays[y, x])[None])
        np.testing.assert_allclose(pixels[0], [x + 0.5, y + 0.5], atol=0.02)


def test_the_view_is_as_wide_as_asked():
    for lens in LENSES:
        camera = Camera.looking(2.0, 0, 0, lens, 90, (60, 80))
        edge = np.array([[np.tan(np.radians(45)) * 5, 2.0, 5.0]])
        assert camera.project(edge)[0][0, 0] == pytest.approx(80, abs=0.01)


def test_what_is_behind_is_not_seen():
    camera = Camera.looking(2.0, 0, 0, PINHOLE, 90, (60, 80))
    assert camera.project(np.array([[0, 1, -3.0]]))[1][0] < 0


@pytest.mark.parametrize("lens", LENSES)
def test_a_window_shows_what_the_whole_picture_shows_there(lens):
    camera = Camera.looking(2.5, 25, 3.0, lens, 80, (120, 160))
    points = np.array([[0.2, 1.0, 4.0], [-0.6, 0.1, 3.0], [1.0, 1.7, 6.0]])
    whole, window = camera.project(points)[0], camera.window(30, 20, 2.5, (48, 36))
    np.testing.assert_allclose(window.project(points)[0], (whole - [30, 20]) * 2.5, atol=1e-3)
    ray = window.rays()[10, 5]
    seen = camera.project((camera.position + 4 * ray)[None])[0][0]
    np.testing.assert_allclose(seen, [30 + 5.5 / 2.5, 20 + 10.5 / 2.5], atol=1e-2)
