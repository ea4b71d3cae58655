//! Curves, as SVG.

use std::fmt::Write;

use super::Measured;

/// A picture of what something costs against how much there is of something else.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Its file, under `docs/performance`.
    pub file: &'static str,
    title: &'static str,
    curves: Vec<Curve>,
}

#[derive(Debug, Clone, PartialEq)]
struct Curve {
    name: &'static str,
    /// How many there are, and nanoseconds.
    points: Vec<(u32, f64)>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 50.0;
const COLOURS: [&str; 3] = ["#2563eb", "#d97706", "#059669"];

/// The curves of the page. A point that was not measured is left out.
pub fn charts(measured: &Measured) -> Vec<Chart> {
    let curve = |name, prefix: &str, counts: &[u32], per: fn(&Measured, &str) -> Option<f64>| {
        let points = counts
            .iter()
            .filter_map(|count| Some((*count, per(measured, &format!("{prefix}/{count}"))?)));
        Curve {
            name,
            points: points.collect(),
        }
    };
    let decades = [1, 10, 100, 1000];
    vec![
        Chart {
            file: "cost-per-call.svg",
            title: "one get, against what is there",
            curves: vec![
                curve("registered types", "get/types", &decades, Measured::run),
                curve(
                    "started connections",
                    "get/connections",
                    &decades,
                    Measured::run,
                ),
            ],
        },
        Chart {
            file: "cost-per-event.svg",
            title: "one event to one listener, against registered types",
            curves: vec![curve(
                "registered types",
                "event/types",
                &decades,
                Measured::each,
            )],
        },
        Chart {
            file: "cost-per-recorded-event.svg",
            title: "one event to the recording, against the length of the recording",
            curves: vec![curve(
                "events recorded before",
                "recorded event/recorded before",
                &[0, 100_000, 300_000],
                Measured::each,
            )],
        },
    ]
}

impl Chart {
    /// The picture. Counts are on a logarithmic axis, where 0 stands with 1; the cost starts at zero, so that a flat curve looks flat.
    pub fn svg(&self) -> String {
        let mut text = String::new();
        let top = self.ceiling();
        let points = || self.curves.iter().flat_map(|curve| &curve.points);
        let most = points()
            .map(|(count, _)| *count)
            .max()
            .unwrap_or(10)
            .max(10);
        let x = |count: u32| {
            let share = f64::from(count.max(1)).log10() / f64::from(most).log10();
            LEFT + share * (WIDTH - LEFT - RIGHT)
        };
        let y = |nanos: f64| HEIGHT - BOTTOM - nanos / top * (HEIGHT - TOP - BOTTOM);
        let _ = writeln!(
            text,
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>
<text x="{LEFT}" y="22" font-size="14" fill="#111827">{}</text>"##,
            self.title
        );
        for step in 0..=4 {
            let nanos = top * f64::from(step) / 4.0;
            let _ = writeln!(
                text,
                r##"<line x1="{LEFT}" x2="{:.1}" y1="{at:.1}" y2="{at:.1}" stroke="#e5e7eb"/>
<text x="{:.1}" y="{:.1}" text-anchor="end" fill="#374151">{nanos:.0} ns</text>"##,
                WIDTH - RIGHT,
                LEFT - 6.0,
                y(nanos) + 4.0,
                at = y(nanos),
            );
        }
        let mut marks: Vec<u32> = points().map(|(count, _)| *count).collect();
        marks.sort_unstable();
        marks.dedup();
        for count in marks {
            let _ = writeln!(
                text,
                r##"<text x="{:.1}" y="{:.1}" text-anchor="middle" fill="#374151">{count}</text>"##,
                x(count),
                HEIGHT - BOTTOM + 18.0,
            );
        }
        for (place, (curve, colour)) in self.curves.iter().zip(COLOURS).enumerate() {
            let line: Vec<String> = curve
                .points
                .iter()
                .map(|(count, nanos)| format!("{:.1},{:.1}", x(*count), y(*nanos)))
                .collect();
            let _ = writeln!(
                text,
                r##"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="2"/>"##,
                line.join(" ")
            );
            for point in &line {
                if let Some((cx, cy)) = point.split_once(',') {
                    let _ = writeln!(
                        text,
                        r##"<circle cx="{cx}" cy="{cy}" r="3" fill="{colour}"/>"##
                    );
                }
            }
            #[expect(clippy::cast_precision_loss, reason = "there are three curves at most")]
            let _ = writeln!(
                text,
                r##"<text x="{:.1}" y="{:.1}" fill="{colour}">{}</text>"##,
                LEFT + 180.0 * place as f64,
                HEIGHT - 12.0,
                curve.name
            );
        }
        text.push_str("</svg>\n");
        text
    }

    /// A round number above every point.
    fn ceiling(&self) -> f64 {
        let points = self.curves.iter().flat_map(|curve| &curve.points);
        let highest = points.map(|(_, nanos)| *nanos).fold(1.0, f64::max) * 1.1;
        let magnitude = 10f64.powf(highest.log10().floor());
        (highest / magnitude).ceil() * magnitude
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_cost_is_a_flat_line_that_starts_at_the_axis() {
        let measured =
            Measured::default()
                .with("get/types/1", 200.0, 1)
                .with("get/types/1000", 200.0, 1);
        let svg = charts(&measured)[0].svg();
        assert!(
            svg.contains(r#"<polyline points="60.0,116.7 620.0,116.7""#),
            "{svg}"
        );
        assert!(
            svg.contains(">300 ns</text>") && svg.contains(">0 ns</text>"),
            "{svg}"
        );
    }

    #[test]
    fn the_same_measurements_give_the_same_picture_and_none_an_empty_one() {
        let measured = Measured::default().with("event/types/10", 8_000.0, 100);
        assert_eq!(charts(&measured)[1].svg(), charts(&measured)[1].svg());
        for chart in charts(&Measured::default()) {
            assert!(!chart.svg().contains("NaN"), "{}", chart.file);
        }
    }
}
