#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page of a fleet in a real browser: at three widths, light and dark, by mouse, by keyboard and on paper. It has no script,
so all JavaScript here is the test's, run from outside."""

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

SRCDIR = os.path.abspath(os.environ.get("srcdir", "."))
BUILDDIR = os.path.abspath(os.environ.get("builddir", "."))
sys.path.insert(0, os.path.join(SRCDIR, "tests", "tools"))
sys.dont_write_bytecode = True
import chromium  # noqa: E402

WIDTHS = {360: 740, 768: 1024, 1440: 900}
SCHEMES = ["light", "dark"]
# Name, arguments of print_fleet; PROFILES KINDS HOSTS KINDS.
PAGES = {
    "small": "3 3 7 4 placed",
    "impossible": "6 6 200 8 impossible",
    "narrow": "20 20 40 12 placed",
    "thousand": "1000 1000 1000 1000",
}
checks = 0
failures = []


def check(condition, text):
    global checks
    checks += 1
    if not condition:
        print(f"FAIL: {text}")
        failures.append(text)


# ---- contrast: WCAG 2.2, "relative luminance" and "contrast ratio" ----

def luminance(colour):
    parts = [value / 255 for value in colour[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def parse_colour(text):
    numbers = [float(number) for number in re.findall(r"[\d.]+", text)]
    if not re.match(r"rgba?\(", text) or len(numbers) not in (3, 4):
        raise ValueError(text)
    return numbers if len(numbers) == 4 else numbers + [1]


# Each pair of text and what lies behind it, once, with the text that has it. What is not shown now counts, too; of that the first
# of each kind of cell is enough, for computing styles of it takes long.
COLOURS = """(() => {
  const pairs = {}, hidden = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    let element = walker.currentNode.parentElement;
    if (!text || element.closest('svg, style')) continue;
    const unseen = element.closest('.tip, .member');
    if (unseen) {
      const kind = unseen.className + unseen.parentElement.className;
      if (!hidden.has(kind)) hidden.set(kind, unseen);
      if (hidden.get(kind) !== unseen) continue;
    }
    const colour = getComputedStyle(element).color;
    const layers = [];
    for (; element; element = element.parentElement) {
      const layer = getComputedStyle(element).backgroundColor;
      if (layer !== 'rgba(0, 0, 0, 0)') { layers.push(layer); break; }
    }
    pairs[colour + '|' + (layers[0] || 'rgb(255, 255, 255)')] = text.slice(0, 40);
  }
  return pairs;
})()"""


def check_contrast(browser, where):
    pairs = browser.ask(COLOURS)
    check(len(pairs) > 5, f"{where}: only {len(pairs)} pairs of colours")
    for pair, text in pairs.items():
        colour, behind = (parse_colour(part) for part in pair.split("|"))
        check(colour[3] == 1 and behind[3] == 1, f"{where}: '{text}' is not opaque: {pair}")
        check(contrast(colour, behind) >= 4.5, f"{where}: '{text}' has contrast {contrast(colour, behind):.2f}: {pair}")


def check_contrast_function():
    check(abs(contrast([0, 0, 0], [255, 255, 255]) - 21) < 0.001, "black on white has contrast 21")
    check(abs(contrast([119, 119, 119], [255, 255, 255]) - 4.48) < 0.01, "#777 on white has contrast 4.48")


# ---- the page as it stands ----

def check_quiet(browser, path, where):
    """It asks nobody for anything, and the browser has nothing to say about it."""
    asked = [event["params"]["request"]["url"] for event in browser.events if event.get("method") == "Network.requestWillBeSent"]
    check(asked == [f"file://{path}"], f"{where}: asked for {asked}")
    for event in browser.events:
        if event.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            check(False, f"{where}: the browser says {event['params']}")
    check(browser.ask("document.scripts.length") == 0, f"{where}: no script")
    check(browser.ask("document.styleSheets.length && document.styleSheets[0].cssRules.length") > 50,
          f"{where}: the policy lets the style sheet through")


def check_width(browser, where):
    width, room = browser.ask("[document.documentElement.scrollWidth, innerWidth]")
    check(width <= room, f"{where}: the page is {width} wide, the window {room}")


def check_structure(browser, where):
    check(browser.ask("document.compatMode") == "CSS1Compat", f"{where}: standards mode")
    check(browser.ask("document.documentElement.lang"), f"{where}: a language")
    levels = browser.ask("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    check(levels[0] == 1 and levels.count(1) == 1, f"{where}: one h1, first")
    check(all(after <= before + 1 for before, after in zip(levels, levels[1:])), f"{where}: headings in order: {levels}")
    tables = browser.ask("""[...document.querySelectorAll('table')].map(t => [
        t.caption ? t.caption.innerText.trim() : '', t.querySelectorAll('th:not([scope])').length,
        t.querySelectorAll('thead th[scope=col]').length,
        [...t.tBodies].flatMap(b => [...b.rows]).filter(r => r.cells[0].getAttribute('scope') !== 'row').length])""")
    check(len(tables) >= 2, f"{where}: tables")
    for caption, unscoped, columns, unnamed in tables:
        check(caption and unscoped == 0 and columns > 1 and unnamed == 0,
              f"{where}: table '{caption}': {unscoped} th without scope, {columns} columns, {unnamed} rows without heading")
    bare = browser.ask("""[...document.querySelectorAll('.grid td')].filter(td =>
        !td.querySelector('a svg use') || !td.querySelector('a .vh').textContent.trim()).length""")
    check(bare == 0, f"{where}: {bare} cells tell their state by colour alone")
    check(browser.ask("[...document.querySelectorAll('svg')].every(s => s.getAttribute('aria-hidden') === 'true')"),
          f"{where}: pictures are hidden from who cannot see them")


def check_well_formed(path, where):
    try:
        xml.etree.ElementTree.parse(path)
    except xml.etree.ElementTree.ParseError as error:
        check(False, f"{where}: XML: {error}")


# ---- mouse and keyboard ----

# What of the tip of a cell one can see: its box, whether it is on top there, its text, and whether the cell is beside it.
TIP = """(() => {
  const tip = document.querySelector('td%s .tip');
  if (!tip) return null;
  const box = tip.getBoundingClientRect(), top = document.elementFromPoint(box.x + box.width / 2, box.y + 12);
  return {shown: getComputedStyle(tip).display !== 'none' && box.height > 20,
          inside: box.x >= 0 && box.y >= 0 && box.right <= innerWidth && box.bottom <= innerHeight,
          onTop: tip.contains(top), text: tip.innerText, cell: tip.parentElement.className};
})()"""


def check_tip(browser, state, where, wanted):
    tip = browser.ask(TIP % state)
    check(tip is not None, f"{where}: no cell has {state}")
    if tip:
        check(tip["shown"] and tip["inside"] and tip["onTop"], f"{where}: the reasons can be seen: {tip}")
        check(wanted in tip["text"], f"{where}: '{wanted}' is not in '{tip['text']}'")
    return tip


def tab_to(browser, selector, most=60):
    for _ in range(most):
        browser.press("Tab")
        if browser.ask(f"document.activeElement.matches('{selector}')"):
            return True
    return False


def check_keyboard(browser, where):
    browser.press("Tab")
    check(browser.ask("document.activeElement.className") == "skip", f"{where}: the first stop skips to the content")
    check(browser.ask("document.activeElement.getBoundingClientRect().x") >= 0, f"{where}: which then can be seen")
    check(tab_to(browser, "td.cannot a"), f"{where}: Tab reaches a cell that cannot run")
    check_tip(browser, ":focus-within", f"{where}, Tab", "CVM")
    seen = browser.ask("""(() => { const a = document.activeElement, s = getComputedStyle(a), b = a.getBoundingClientRect();
        return [s.outlineStyle, parseFloat(s.outlineWidth), a.contains(document.elementFromPoint(b.x + 8, b.y + b.height / 2))] })()""")
    check(seen[0] != "none" and seen[1] >= 2, f"{where}: focus can be seen: {seen}")
    check(seen[2], f"{where}: nothing hides the cell that has the focus")
    named = browser.ask("document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent")
    check("CVM" in named, f"{where}: readers are told the reasons, too")
    browser.press("Enter")
    check(browser.ask("location.hash.startsWith('#why-') && !!document.querySelector('.message:target')"),
          f"{where}: Enter leads to the reason")
    box = browser.ask("(() => { const b = document.querySelector(':target').getBoundingClientRect(); return [b.top, b.bottom, innerHeight] })()")
    check(-1 <= box[0] < box[2], f"{where}: which is scrolled to: {box}")


def check_mouse(browser, where):
    for state in ["runs", "cannot"]:
        x, y = browser.ask(f"""(() => {{ const td = document.querySelector('.grid td.{state}');
            td.scrollIntoView({{block: 'center', inline: 'center'}}); const b = td.getBoundingClientRect();
            return [b.x + b.width / 2, b.y + b.height / 2] }})()""")
        browser.point(x, y)
        tip = check_tip(browser, ":hover", f"{where}, mouse on '{state}'", "Room for" if state == "runs" else "It cannot run here.")
        check(tip and tip["cell"] == state, f"{where}: the tip is that of the cell: {tip}")
    browser.point(1, 1)
    check(browser.ask(TIP % ":hover") is None, f"{where}: it goes away with the mouse")


def check_folding(browser, where):
    count = "[...document.querySelectorAll('.grid .member')].filter(r => r.getBoundingClientRect().height > 0).length"
    check(browser.ask(count) == 0, f"{where}: hosts of a kind are folded")
    check(tab_to(browser, ".grid summary"), f"{where}: Tab reaches what unfolds them")
    browser.press("Enter")
    check(browser.ask(count) == 25, f"{where}: Enter shows its 25 hosts, not {browser.ask(count)}")
    browser.press("Enter")
    check(browser.ask(count) == 0, f"{where}: and hides them")


def check_scrolling(browser, where):
    """On a phone the matrix is wider than the screen, and scrolls by itself; its headings stay."""
    wide = browser.ask("(() => { const s = document.querySelector('.matrix .scroll'); return s.scrollWidth > s.clientWidth })()")
    check(wide, f"{where}: the matrix scrolls by itself")
    stays = browser.ask("""(() => { const s = document.querySelector('.matrix .scroll'), h = s.querySelector('tbody th');
        s.scrollIntoView(); const before = h.getBoundingClientRect().x; s.scrollLeft = 200;
        return [s.scrollLeft, h.getBoundingClientRect().x - before] })()""")
    check(stays[0] > 50 and abs(stays[1]) < 4, f"{where}: the names of hosts stay: {stays}")


# ---- other media ----

def check_print(browser, where):
    browser.emulate("print", prefers_color_scheme="dark")
    for selector in ["nav", ".dock", ".skip"]:
        check(browser.ask(f"getComputedStyle(document.querySelector('{selector}')).display") == "none",
              f"{where}: '{selector}' is not printed")
    check(browser.ask("[...document.querySelectorAll('.tip')].every(t => getComputedStyle(t).display === 'none')"),
          f"{where}: no tip is printed")
    check(browser.ask("[...document.querySelectorAll('.message')].every(m => m.getBoundingClientRect().height > 0)"),
          f"{where}: all reasons are")
    check(browser.ask("getComputedStyle(document.querySelector('.matrix .scroll')).overflow") == "visible",
          f"{where}: nothing is cut off")
    check(browser.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", f"{where}: on white")
    check_contrast(browser, where)


def check_paper(browser, where):
    browser.emulate("print")
    printed = browser.call("Page.printToPDF", preferCSSPageSize=True)
    check(len(printed["data"]) > 10000, f"{where}: there is a PDF")


def check_motion(browser, where):
    for value, behaviour in [("reduce", "auto"), ("no-preference", "smooth")]:
        browser.emulate(prefers_reduced_motion=value)
        check(browser.ask("getComputedStyle(document.documentElement).scrollBehavior") == behaviour, f"{where}: motion, {value}")


# ---- pages ----

def write_pages(folder):
    pages = {}
    for name, arguments in PAGES.items():
        pages[name] = os.path.join(folder, f"{name}.html")
        with open(pages[name], "wb") as file:
            subprocess.run([os.path.join(BUILDDIR, "tests", "tools", "print_fleet"), *arguments.split()], stdout=file, check=True)
    profiles = os.path.join(SRCDIR, "profiles")
    pages["shipped"] = os.path.join(folder, "shipped.html")
    with open(pages["shipped"], "wb") as file:
        names = sorted(os.path.join(profiles, name) for name in os.listdir(profiles) if name.endswith(".yaml"))
        subprocess.run([os.environ["CVMDOM"], "fleet", *names, "--hosts", os.path.join(profiles, "hosts"), "--format", "html"],
                       stdout=file, check=True)
    return pages


def look_at(browser, name, path):
    check_well_formed(path, name)
    small = name in ("small", "impossible", "shipped")
    for width, height in WIDTHS.items() if small else [(360, 740)]:
        for scheme in SCHEMES:
            where = f"{name}, {width}, {scheme}"
            browser.resize(width, height)
            browser.emulate(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
            browser.load(path)
            check_quiet(browser, path, where)
            check_width(browser, where)
            check_contrast(browser, where)
        check_structure(browser, where)
        check_mouse(browser, where)
        if small:
            browser.load(path)
            check_keyboard(browser, where)
        if name == "impossible":
            browser.load(path)
            check_folding(browser, where)
    if small:
        check_print(browser, f"{name}, printed")
        check_paper(browser, f"{name}, on paper")


def main():
    program = chromium.find()
    if not program:
        print("skipped: no chromium, chromium-headless-shell")
        return 77
    check_contrast_function()
    with tempfile.TemporaryDirectory(prefix="cvmdom-test.") as folder:
        pages = write_pages(folder)
        with chromium.Browser(program) as browser:
            for name, path in pages.items():
                look_at(browser, name, path)
            browser.resize(360, 740)
            browser.emulate()
            browser.load(pages["impossible"])
            check_scrolling(browser, "impossible, 360")
            check_motion(browser, "impossible")
    print(f"{checks} checks, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
