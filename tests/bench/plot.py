#!/usr/bin/env python3
"""Draws the figures of `equity-bench open`: throughput against calls in flight, and latency against load.

plot.py FIGURES.json PICTURE.svg
"""
import json
import math
import re
import sys

WIDTH, HEIGHT = 560, 360
LEFT, RIGHT, TOP, BOTTOM = 76, 150, 40, 56
COLOURS = ("#005eb8", "#ae2573", "#007f3b", "#8a5a00")  # told apart by people who see few colours, too
MARKS = ("circle", "square", "diamond", "circle")


class Axis:
    """Values to pixels, on a straight or a logarithmic scale."""

    def __init__(self, values, low, high, log):
        self.log = log
        self.low, self.high = low, high
        if log:
            self.ticks = [
                m * 10**e
                for e in range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)
                for m in (1, 2, 5)
            ]
            inside = [t for t in self.ticks if min(values) / 2 < t < max(values) * 2]
            self.least = min(inside + [min(values)])
            self.most = max(inside + [max(values)])
            self.ticks = [t for t in self.ticks if self.least <= t <= self.most]
        else:
            power = 10 ** math.floor(math.log10(max(values) / 5))
            step = next(m * power for m in (1, 2, 5, 10) if max(values) / (m * power) <= 5)
            self.least, self.most = 0, step * math.ceil(max(values) / step)
            self.ticks = [i * step for i in range(round(self.most / step) + 1)]

    def at(self, value):
        scale = math.log if self.log else float
        least = scale(self.least)
        part = (scale(value) - least) / (scale(self.most) - least)
        return self.low + part * (self.high - self.low)


def mark(kind, x, y, colour):
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if kind == "diamond" else ""
    return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{colour}"{turn}/>'


def text(x, y, words, anchor="middle", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{words}</text>'


def chart(top, title, x_label, y_label, log_x, log_y, series, x_ticks=None):
    points = [point for _, line in series for point in line]
    x = Axis([p[0] for p in points], LEFT, WIDTH - RIGHT, log_x)
    y = Axis([p[1] for p in points], top + HEIGHT - BOTTOM, top + TOP, log_y)
    parts = [text(LEFT, top + 22, title, "start", ' font-weight="bold"')]
    for tick in y.ticks:
        parts.append(f'<line x1="{x.low}" x2="{x.high}" y1="{y.at(tick):.1f}" y2="{y.at(tick):.1f}" stroke="#d8dde0"/>')
        parts.append(text(LEFT - 8, y.at(tick) + 4, f"{tick:,g}", "end"))
    for tick in x_ticks or x.ticks:
        parts.append(f'<line x1="{x.at(tick):.1f}" x2="{x.at(tick):.1f}" y1="{y.low}" y2="{y.low + 5}" stroke="#212b32"/>')
        parts.append(text(x.at(tick), y.low + 20, f"{tick:,g}"))
    parts.append(f'<path d="M{x.low} {y.high} V{y.low} H{x.high}" fill="none" stroke="#212b32"/>')
    parts.append(text((x.low + x.high) / 2, y.low + 42, x_label))
    middle = (y.low + y.high) / 2
    parts.append(text(18, middle, y_label, "middle", f' transform="rotate(-90 18 {middle:.1f})"'))
    label = math.inf
    for (name, line), colour, kind in zip(series, COLOURS, MARKS):
        path = " ".join(f"{x.at(a):.1f},{y.at(b):.1f}" for a, b in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [mark(kind, x.at(a), y.at(b), colour) for a, b in line]
        label = min(y.at(line[-1][1]) + 4, label - 14)  # from the lowest to the highest line
        parts.append(text(x.at(line[-1][0]) + 10, label, name, "start", f' fill="{colour}"'))
    return "\n".join(parts)


def main():
    figures = json.load(open(sys.argv[1], encoding="utf-8"))
    in_flight = sorted(int(m[1]) for m in map(re.compile(r"closed_(\d+)_per_s$").match, figures) if m)
    loads = sorted(int(m[1]) for m in map(re.compile(r"open_(\d+)_offered_per_s$").match, figures) if m)
    throughput = [("bookings", [(n, figures[f"closed_{n}_per_s"]) for n in in_flight])]
    latency = [
        (name, [(figures[f"open_{load}_offered_per_s"], max(figures[f"open_{load}_{key}_ms"], 0.01)) for load in loads])
        for name, key in (("p50", "p50"), ("p99", "p99"), ("p99.9", "p999"))
    ]
    charts = [
        chart(0, "Throughput against calls in flight", "calls in flight", "bookings per second", True, False,
              throughput, in_flight),
        chart(HEIGHT, "Latency against load (from when a call was to begin)", "bookings asked for per second",
              "milliseconds", False, True, latency),
    ]
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {2 * HEIGHT}" width="{WIDTH}" '
            f'height="{2 * HEIGHT}" font-family="Arial, sans-serif" font-size="12" fill="#212b32">\n'
            f'<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(charts) + "\n</svg>\n"
        )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
