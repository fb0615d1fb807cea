"""Colours of what was drawn: cloth with its pattern, folds, light from a lamp and from all around."""

import numpy as np
from numba import njit

from .light import reached
from .noise import cell, smooth


@njit(cache=True, fastmath=True)
def blend(kind, m, x, y, z, u, v):
    """Shares of the second and the third colour in the pattern at a place of the cloth (decimetres)."""
    scale, duty, seed = m[1], m[2], m[13]
    if kind == 1:
        return (1.0 if (v * scale + seed) % 1.0 < duty else 0.0), 0.0
    if kind == 2:
        return (1.0 if (u * scale + seed) % 1.0 < duty else 0.0), 0.0
    if kind == 3:
        a, b = (u * scale) % 1.0, (v * scale) % 1.0
        return (0.5 if a < duty else 0.0) + (0.5 if b < duty else 0.0), (1.0 if a > 0.88 or b > 0.88 else 0.0)
    if kind == 4:
        a, b = (u * scale * 1.5) % 1.0 - 0.5, (v * scale * 1.5) % 1.0 - 0.5
        return (1.0 if a * a + b * b < duty * 0.2 else 0.0), 0.0
    if kind == 5:
        near = smooth(x * scale + seed, y * scale, z * scale)
        other = smooth(x * scale, y * scale + seed, z * scale + 9)
        return (1.0 if near > 1 - duty else 0.0), (1.0 if other > 0.62 else 0.0)
    if kind == 6:
        return min(1.0, max(0.0, (y - m[27]) / (m[28] - m[27] + 1e-3))), 0.0
    if kind == 7:
        faded = max(0.0, 1 - abs(abs(x) - 1.2) * 1.4) * max(0.0, min(1.0, (1 - y) * 0.2))
        return faded * 0.5 * (1.0 if z > 0 else 0.4) + 0.25 * smooth(x * 6, y * 2, z * 6), 0.0
    if kind == 8:
        return (1.0 if m[27] < y < m[28] else 0.0), 0.0
    return 0.0, 0.0


@njit(cache=True, fastmath=True)
def cloth(m, x, y, z, side, arm, along, prints, out):
    """The colour of a cloth at a place in the frame of the body at rest; into out [3]."""
    kind = int(m[0])
    if arm > 0.5:
        v = along
        u = z if side > 0.5 else abs(x) * 0.7 + y * 0.7
    else:
        v = y
        u = z + 3 if side > 0.5 else x
    second, third = blend(kind, m, x, y, z, u, v)
    if kind == 9 and side > 0.6:
        second = 1.0
    row = int(abs(v * m[1]) * 64) % 128
    column = int(abs(u * m[1] + m[13]) * 64) % 128
    for k in range(3):
        c = m[3 + k] + (m[6 + k] - m[3 + k]) * second
        if kind == 10:
            c = prints[int(m[13] * 7) % prints.shape[0], row, column, k]
        c += (m[9 + k] - c) * third
        out[k] = m[9 + k] if m[20] > 0.5 and arm > 0.5 else c
    if arm < 0.5:
        details(m, x, y, z, out)


@njit(cache=True, fastmath=True)
def details(m, x, y, z, out):
    """A print on the chest or the back, a zip, straps."""
    logo = int(m[14])
    if logo > 0 and ((z > 0.3 and logo < 4) or (z < -0.3 and logo >= 4)):
        a, b = x / m[16], (y - m[15]) / (m[16] * 0.6)
        if abs(a) < 1 and abs(b) < 1:
            form = logo % 4
            line = int((b + 1) * 2.5)
            hit = form == 0
            if form == 1:
                hit = a * a + b * b < 1
            elif form == 2:
                hit = smooth(a * 4 + m[13], b * 3, m[13]) > 0.5
            elif form == 3:
                hit = line % 2 == 0 and smooth(a * 5 + m[13], line * 3.0, 1.0) > 0.35
            if hit:
                for k in range(3):
                    out[k] = m[17 + k]
    if m[21] > 0.5 and z > 0 and abs(x) < 0.08:
        for k in range(3):
            out[k] *= 0.6
    strap = int(m[22])
    if strap > 0:
        on = False
        if strap == 1:
            on = 0.75 < abs(x) < 1.15 and 2.2 < y < 5.3
        elif strap == 2:
            on = abs(x * 0.8 + (y - 3.2) * 0.6) < 0.18 and y > 0.2
        else:
            on = abs(-x * 0.8 + (y - 3.2) * 0.6) < 0.18 and y > 0.2
        if on:
            for k in range(3):
                out[k] = m[23 + k]


@njit(cache=True, fastmath=True)
def shade(
    bounds, number, layers, triangle, shares, triangles, points, facing, places, traits, m, eye,
    lamp, axes, focal, middle, shadows, soft, sun, sky, prints, out, alpha,
):  # fmt: skip
    """Colours the pixels of one layer within bounds (left, top, right, bottom)."""
    colour = np.zeros(3, np.float32)
    p, n, q, e = np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(3)
    for py in range(bounds[1], bounds[3]):
        for px in range(bounds[0], bounds[2]):
            if layers[py, px] != number:
                continue
            f = triangle[py, px]
            a, b, c = triangles[f, 0], triangles[f, 1], triangles[f, 2]
            w1, w2 = shares[py, px, 0], shares[py, px, 1]
            w0 = 1 - w1 - w2
            for k in range(3):
                p[k] = w0 * points[a, k] + w1 * points[b, k] + w2 * points[c, k]
                n[k] = w0 * facing[a, k] + w1 * facing[b, k] + w2 * facing[c, k]
                q[k] = w0 * places[a, k] + w1 * places[b, k] + w2 * places[c, k]
                e[k] = w0 * traits[a, k] + w1 * traits[b, k] + w2 * traits[c, k]
            x, y, z = q[0], q[1], q[2]
            cloth(m, x, y, z, e[0], e[1], e[2], prints, colour)
            if m[12] > 0:  # folds
                s = m[13]
                near = smooth(x * 1.7 + s, y * 1.1, z * 1.7) - 0.5 + 0.6 * (smooth(x * 4 + s, y * 2.6, z * 4) - 0.5)
                other = smooth(x * 2.3, y * 1.4 + s, z * 2.3) - 0.5
                n[0] += m[12] * near * 1.2
                n[1] += m[12] * other * 1.2
                n[2] += m[12] * near * 0.6
                for k in range(3):
                    colour[k] *= 1 + m[12] * 0.5 * near
            if m[26] > 0:  # yarn
                f2 = 1 + m[26] * (cell(int(x * 40), int(y * 40), int(z * 40)) - 0.5)
                for k in range(3):
                    colour[k] *= f2
            size = np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) + 1e-6
            ex, ey, ez = eye[0] - p[0], eye[1] - p[1], eye[2] - p[2]
            if n[0] * ex + n[1] * ey + n[2] * ez < 0:
                size = -size
            for k in range(3):
                n[k] /= size
            lx, ly, lz = lamp[0] - p[0], lamp[1] - p[1], lamp[2] - p[2]
            far = np.sqrt(lx * lx + ly * ly + lz * lz) + 1e-6
            slope = (n[0] * lx + n[1] * ly + n[2] * lz) / far
            seen = 0.0
            if slope > -0.2:
                _, seen = reached(p[0], p[1], p[2], lamp, axes, focal, middle, shadows, soft)
            direct = max(0.0, slope * 0.85 + 0.15) * seen
            gloss = 0.0
            if m[29] > 0:
                d = np.sqrt(ex * ex + ey * ey + ez * ez) + 1e-6
                hx, hy, hz = lx / far + ex / d, ly / far + ey / d, lz / far + ez / d
                h = np.sqrt(hx * hx + hy * hy + hz * hz) + 1e-6
                gloss = m[29] * max(0.0, (n[0] * hx + n[1] * hy + n[2] * hz) / h) ** 24 * seen
            around = 0.6 + 0.4 * n[1]
            if y < 0.6 and abs(x) < 0.5 and e[1] < 0.3:
                around *= 0.75  # between the legs
            for k in range(3):
                out[py, px, k] = colour[k] * (sky[k] * around + sun[k] * direct) + gloss * sun[k]
            alpha[py, px] = 1.0
