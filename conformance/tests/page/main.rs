//! The report's page, opened in Chromium.
//!
//! The tests need a browser and are skipped where there is none, which they say aloud. They run in real time, because
//! the browser does, and wait for what they wait for rather than for a while. Pictures of the pages are kept in
//! `target/tmp/report-page`, or in the folder that `SCREENSHOTS` names.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod browser;
mod reports;

use std::path::Path;

use serde_json::json;

use crate::{
    browser::Browser,
    reports::{EVIL, NAMES, page},
};

/// How many checks the page shows.
const SHOWN: &str = "document.querySelectorAll('details.check:not([hidden])').length";

#[test]
fn every_report_renders_without_a_complaint_and_asks_nobody_for_anything() {
    let Some(mut browser) = Browser::launch() else {
        return;
    };
    for name in NAMES {
        for scheme in ["light", "dark"] {
            browser.show_on("screen", scheme);
            browser.open(&page(name));
            browser.eval(
                "document.querySelectorAll('details').forEach((one) => { one.open = true; })",
            );
            assert_eq!(browser.complaints(), Vec::<String>::new(), "{name}");
            let requests = browser.requests();
            assert!(
                requests.iter().all(
                    |url| url.starts_with("file:///") && url.ends_with(&format!("{name}.html"))
                ),
                "{name} asks for {requests:?}"
            );
            assert_eq!(
                browser.eval("document.querySelectorAll('h1').length"),
                json!(1)
            );
            let verdict = browser.eval("document.querySelector('.verdict').textContent");
            let expected = match name {
                "conformant" => "conformant",
                "failing" | "evil" => "not conformant",
                _ => "incomplete",
            };
            assert_eq!(verdict, json!(expected), "{name}");
            browser.open(&page(name));
            browser.picture(&format!("{name}-{scheme}.png"), false);
        }
    }
}

#[test]
fn what_a_plugin_says_runs_nothing_and_is_shown() {
    let Some(mut browser) = Browser::launch() else {
        return;
    };
    browser.open(&page("evil"));
    assert_eq!(browser.eval("typeof window.pwned"), json!("undefined"));
    assert_eq!(
        browser.eval("document.querySelectorAll('img').length"),
        json!(0)
    );
    let title = browser.eval("document.querySelector('h1').textContent");
    let seen = EVIL
        .replace('\u{202e}', "⟨U+202E⟩")
        .replace('\0', "␀")
        .replace('\u{1b}', "␛");
    assert_eq!(title, json!(seen));
    browser.write(EVIL);
    browser.eval("location.hash = 'q=%3Cscript%3E&cap=%22%3E%3Cimg src=x onerror=pwned=3%3E'");
    browser.until("document.querySelector('#q').value === '<script>'");
    assert_eq!(browser.eval("typeof window.pwned"), json!("undefined"));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn filters_narrow_what_is_shown_say_how_much_it_is_and_stand_in_the_address() {
    let Some(mut browser) = Browser::launch() else {
        return;
    };
    let failing = page("failing");
    browser.open(&failing);
    let all = browser.eval(SHOWN);
    let count = "document.querySelector('#count').textContent";
    assert_eq!(browser.eval(count), json!(format!("{all} checks")));

    browser.click(".chip[data-status=fail]");
    assert_eq!(
        browser.eval("[...document.querySelectorAll('details.check:not([hidden])')].every((one) => one.dataset.status === 'fail')"),
        json!(true)
    );
    let failed = browser.eval(SHOWN);
    assert!(
        failed.as_u64() > Some(0) && failed.as_u64() < all.as_u64(),
        "{failed} of {all}"
    );
    assert_eq!(
        browser.eval(count),
        json!(format!("{failed} of {all} checks"))
    );
    assert_eq!(browser.eval("location.hash"), json!("#status=fail"));
    assert_eq!(
        browser
            .eval("document.querySelector('.chip[data-status=fail]').getAttribute('aria-pressed')"),
        json!("true")
    );

    browser.press("/");
    browser.write("are-added-once");
    assert_eq!(browser.eval(SHOWN), json!(1));
    assert_eq!(
        browser.eval("location.hash"),
        json!("#q=are-added-once&status=fail")
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
    // The address alone brings the same view back.
    browser.open_at(&failing, "#q=are-added-once&status=fail");
    assert_eq!(browser.eval(SHOWN), json!(1));
    browser.picture("filtered.png", false);

    browser.click("#filters [data-clear]");
    assert_eq!(browser.eval(SHOWN), all);
    assert_eq!(browser.eval("location.hash"), json!(""));

    browser.click(".matrix tbody a[data-go='area=watch&cap=watchable']");
    let narrowed =
        "[...document.querySelectorAll('details.check:not([hidden])')].every(({ dataset }) =>
        dataset.area === 'watch' && dataset.cap.split(' ').includes('watchable'))";
    assert_eq!(browser.eval(narrowed), json!(true));
    assert!(browser.eval(SHOWN).as_u64() > Some(0));
    assert_eq!(
        browser.eval("document.querySelector('select[name=area]').value"),
        json!("watch")
    );

    browser.open_at(&failing, "#clause=WAT-27&level=MUST");
    assert!(browser.eval(SHOWN).as_u64() > Some(0));
    assert!(browser.eval(SHOWN).as_u64() < all.as_u64());

    browser.open_at(&failing, "#q=there-is-no-such-thing");
    assert_eq!(browser.eval(SHOWN), json!(0));
    assert_eq!(
        browser.eval("document.querySelector('#none').hidden"),
        json!(false)
    );
}

#[test]
fn a_link_to_a_check_opens_it_and_keys_go_from_check_to_check() {
    let Some(mut browser) = Browser::launch() else {
        return;
    };
    browser.open_at(&page("failing"), "#crud.get.returns-created");
    assert_eq!(
        browser.eval("document.getElementById('crud.get.returns-created').open"),
        json!(true)
    );
    let focused = "document.activeElement.closest('details.check')?.id";
    browser.until(&format!("{focused} === 'crud.get.returns-created'"));
    browser.press("j");
    let next = browser.eval(focused);
    assert_ne!(next, json!("crud.get.returns-created"));
    browser.press("k");
    assert_eq!(browser.eval(focused), json!("crud.get.returns-created"));

    browser.open(&page("failing"));
    browser.press("Tab");
    assert_eq!(
        browser.eval("document.activeElement.className"),
        json!("skip")
    );
    let outline = browser.eval("getComputedStyle(document.activeElement).outlineStyle");
    assert_eq!(outline, json!("solid"));

    // The time line tells what the arrow keys reach.
    browser.eval("document.querySelector('figure.timeline .scroll').focus()");
    browser.press("Home");
    let readout = "document.querySelector('figure.timeline .readout').textContent";
    let first = browser.eval(readout);
    browser.press("ArrowRight");
    let second = browser.eval(readout);
    assert_ne!(first, second);
    assert!(
        second.as_str().is_some_and(|text| text.starts_with('#')),
        "{second}"
    );
    browser.press("ArrowLeft");
    assert_eq!(browser.eval(readout), first);
}

#[test]
fn the_command_that_reproduces_a_failure_can_be_copied() {
    let Some(mut browser) = Browser::launch() else {
        return;
    };
    browser.grant_clipboard();
    browser.open(&page("failing"));
    let code = "#attention .facts code[data-copy]";
    browser.click(&format!("{code} + .copy"));
    browser.until("document.querySelector('#said').textContent === 'Copied'");
    let command = browser.eval(&format!("document.querySelector('{code}').textContent"));
    assert!(
        command
            .as_str()
            .is_some_and(|text| text.contains(" --only ")),
        "{command}"
    );
    assert_eq!(browser.eval("navigator.clipboard.readText()"), command);

    // And the whole failure, for an issue.
    browser.eval("document.querySelector('#said').textContent = ''");
    browser.click("#attention .body > .copy");
    browser.until("document.querySelector('#said').textContent === 'Copied'");
    let issue = browser.eval("navigator.clipboard.readText()");
    let issue = issue.as_str().unwrap_or_default();
    for part in [
        "### history.objects.are-added-once: fail\n",
        "MUST: An object that is there is not added again before the next Syncing. (SNK-03, WAT-27)",
        "**Expected**\n\n```text\nan object that is not there\n```",
        "\n#0 listen_for_events\n",
        command.as_str().unwrap_or("?"),
    ] {
        assert!(issue.contains(part), "no {part:?} in:\n{issue}");
    }
}

#[test]
fn the_page_is_light_or_dark_as_its_reader_likes_and_can_be_read_in_both() {
    let Some(mut browser) = Browser::launch() else {
        return;
    };
    let background = "getComputedStyle(document.body).backgroundColor";
    for name in ["failing", "incomplete"] {
        for scheme in ["light", "dark"] {
            browser.show_on("screen", scheme);
            browser.open(&page(name));
            browser.eval(
                "document.querySelectorAll('details').forEach((one) => { one.open = true; })",
            );
            assert_eq!(browser.eval(TOO_PALE), json!([]), "{name}, {scheme}");
        }
    }
    browser.show_on("screen", "light");
    let light = browser.eval(background);
    browser.show_on("screen", "dark");
    let dark = browser.eval(background);
    assert_ne!(light, dark);
    // A choice outweighs what is preferred, and is kept.
    browser.click("#theme");
    assert_eq!(browser.eval(background), light);
    let kept = "localStorage.getItem('conformance-theme')";
    assert_eq!(browser.eval(kept), json!("light"));
    // Put there anew: a browser may read for a new page what was kept a moment ago.
    browser.before_every_page("localStorage.setItem('conformance-theme', 'light')");
    browser.open(&page("failing"));
    assert_eq!(browser.eval(background), light);
    browser.click("#theme");
    assert_eq!(browser.eval(background), dark);
}

#[test]
fn nothing_is_wider_than_a_narrow_window() {
    let Some(mut browser) = Browser::launch() else {
        return;
    };
    for width in [400, 760, 1280] {
        browser.resize(width, 900);
        for name in NAMES {
            browser.open(&page(name));
            browser.eval(
                "document.querySelectorAll('details').forEach((one) => { one.open = true; })",
            );
            let wide = browser.eval("document.documentElement.scrollWidth");
            assert_eq!(wide, json!(width), "{name}: {}", browser.eval(STICKING_OUT));
            if width == 400 {
                browser.open(&page(name));
                browser.picture(&format!("{name}-narrow.png"), false);
            }
        }
    }
}

#[test]
fn without_a_script_everything_can_be_read() {
    let Some(mut browser) = Browser::launch() else {
        return;
    };
    browser.call(
        "Emulation.setScriptExecutionDisabled",
        json!({ "value": true }),
    );
    browser.open(&page("failing"));
    let seen = "(selector) => document.querySelector(selector).checkVisibility()";
    for (selector, expected) in [
        ("h1", true),
        (".matrix", true),
        ("#attention .versus", true),
        ("#attention .timeline svg", true),
        ("#attention .facts code[data-copy]", true),
        ("#filters", false),
        ("#theme", false),
        (".keys", false),
    ] {
        let visible = browser.eval(&format!("({seen})({})", json!(selector)));
        assert_eq!(visible, json!(expected), "{selector}");
    }
    assert_eq!(
        browser.eval("document.querySelectorAll('.copy').length"),
        json!(0)
    );
    // What leads to a view with a script leads to a place without one.
    assert_eq!(
        browser.eval(
            "[...document.querySelectorAll('.matrix a, .digest a')]
                .filter((link) => !document.getElementById(decodeURIComponent(link.hash.slice(1))))
                .map((link) => link.hash)"
        ),
        json!([])
    );
}

#[test]
fn what_is_wrong_is_printed_whole() {
    let Some(mut browser) = Browser::launch() else {
        return;
    };
    browser.open(&page("failing"));
    browser.eval("document.querySelectorAll('details').forEach((one) => { one.open = false; })");
    browser.show_on("print", "dark");
    let printed =
        "(selector) => document.querySelector(selector).getBoundingClientRect().height > 0";
    for (selector, expected) in [
        ("#attention .versus", true),
        ("#attention .steps", true),
        (".filters", false),
        ("#theme", false),
    ] {
        let there = browser.eval(&format!("({printed})('{selector}')"));
        assert_eq!(there, json!(expected), "{selector}");
    }
    let pdf = browser.print("failing.pdf");
    assert!(pdf.starts_with(b"%PDF"));
    // Where a style cannot unfold it, the script does, once it is about to be printed.
    let folded = "document.querySelectorAll('#attention details:not([open])').length";
    browser.until(&format!("{folded} === 0"));
}

#[test]
fn a_page_is_small_enough_to_be_sent() {
    let size = |path: &Path| std::fs::metadata(path).map(|file| file.len());
    let bytes = size(&page("conformant")).expect("the page was written");
    assert!(bytes < 500_000, "{bytes} bytes");
}

/// What is too pale to be read (WCAG 2.2, 1.4.3): its text, its colours and how much they differ.
const TOO_PALE: &str = r#"(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const over = ([r, g, b, a], under) => [r, g, b].map((one, at) => (one * a + under[at] * (255 - a)) / 255);
    const ground = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) {
            const layer = rgba(getComputedStyle(at).backgroundColor);
            layers.push(layer);
            if (layer[3] === 255) break;
        }
        return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
    };
    const light = (colour) => {
        const [r, g, b] = colour.map((one) => {
            const part = one / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const pale = new Set();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const element = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, [aria-hidden], title")) continue;
        const style = getComputedStyle(element);
        const svg = element instanceof SVGElement;
        const under = ground(svg ? element.closest(".scroll") ?? element : element);
        // A label stands on the shape before it.
        const shape = svg && element.parentElement.querySelector("rect");
        const base = shape && element.parentElement.matches(".band") ? over(rgba(getComputedStyle(shape).fill), under) : under;
        const [one, other] = [light(over(rgba(svg ? style.fill : style.color), base)), light(base)];
        const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        if (ratio < (large ? 3 : 4.5)) pale.add(`${element.tagName}.${element.getAttribute("class")} ${ratio.toFixed(2)}: ${walk.currentNode.data.trim().slice(0, 30)}`);
    }
    return [...pale];
})()"#;

/// What is wider than the window, outside of what scrolls by itself.
const STICKING_OUT: &str = r#"[...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".scroll, .chips, .selects"))
    .slice(0, 5)
    .map((element) => `${element.tagName}.${element.getAttribute("class")}`)"#;
