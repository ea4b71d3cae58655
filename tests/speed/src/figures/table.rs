//! The table of goals and measurements.

use super::Measured;

/// Where the measurement of a row is found.
enum Source {
    /// Nanoseconds of a benchmark's run.
    Run(&'static str),
    /// Nanoseconds of one of its elements.
    Each(&'static str),
    /// Nanoseconds of one element of the first beyond one of the second.
    Beyond(&'static str, &'static str),
    /// A count.
    Count(&'static str, &'static str),
}

struct Row {
    work: &'static str,
    go: &'static str,
    goal: &'static str,
    /// The goal as a number: of nanoseconds, or of what is counted.
    limit: f64,
    source: Source,
}

const ROWS: &[Row] = &[
    Row {
        work: "mount + load + start + close, 100 watchable types",
        go: "274 us",
        goal: "<= 110 us",
        limit: 110e3,
        source: Source::Run("mount, watchable/100"),
    },
    Row {
        work: "the same, 1000 types",
        go: "2.74 ms",
        goal: "<= 1.1 ms",
        limit: 1.1e6,
        source: Source::Run("mount, watchable/1000"),
    },
    Row {
        work: "the same, 1000 types that are not watchable",
        go: "284 us",
        goal: "<= 140 us",
        limit: 140e3,
        source: Source::Run("mount, not watchable/1000"),
    },
    Row {
        work: "get through the controller, 1 KiB result, session given",
        go: "293 ns",
        goal: "<= 200 ns",
        limit: 200.0,
        source: Source::Run("get/plain connection"),
    },
    Row {
        work: "the same with a connection of 8 data keys and 4 labels",
        go: "982 ns",
        goal: "<= 200 ns",
        limit: 200.0,
        source: Source::Run("get/8 data keys and 4 labels"),
    },
    Row {
        work: "list of 10,000 objects",
        go: "",
        goal: "",
        limit: f64::INFINITY,
        source: Source::Run("list/10000 objects"),
    },
    Row {
        work: "find with 4 predicates, validation only",
        go: "586 ns",
        goal: "<= 300 ns",
        limit: 300.0,
        source: Source::Run("find/four predicates"),
    },
    Row {
        work: "watch event, plugin to one no-op listener",
        go: "27 ns",
        goal: "<= 80 ns, then <= 27 ns",
        limit: 80.0,
        source: Source::Each("event/1 watch, 1 listener"),
    },
    Row {
        work: "the same, every event with the same text",
        go: "",
        goal: "",
        limit: f64::INFINITY,
        source: Source::Each("event/1 watch, 1 listener, shared text"),
    },
    Row {
        work: "without the SDK: such events made from their payloads, and freed",
        go: "",
        goal: "",
        limit: f64::INFINITY,
        source: Source::Each("event/made and freed"),
    },
    Row {
        work: "the same, every event with the same text",
        go: "",
        goal: "",
        limit: f64::INFINITY,
        source: Source::Each("event/made and freed, shared text"),
    },
    Row {
        work: "the same, out of 16 watches at once",
        go: "29 ns",
        goal: "<= 80 ns, then <= 27 ns",
        limit: 80.0,
        source: Source::Each("event/16 watches, 1 listener"),
    },
    Row {
        work: "the same, to 8 no-op listeners",
        go: "38 ns",
        goal: "<= 200 ns, then <= 80 ns",
        limit: 200.0,
        source: Source::Each("event/1 watch, 8 listeners"),
    },
    Row {
        work: "watch event, plugin to the recording harness",
        go: "551 ns",
        goal: "<= 150 ns",
        limit: 150.0,
        source: Source::Each("recorded event/recorded before/0"),
    },
    Row {
        work: "start 1000 watches",
        go: "2.60 ms",
        goal: "<= 1.0 ms",
        limit: 1.0e6,
        source: Source::Run("1000 watches/start"),
    },
    Row {
        work: "stop 1000 watches",
        go: "0.67 ms",
        goal: "<= 0.27 ms",
        limit: 270e3,
        source: Source::Run("1000 watches/stop"),
    },
    Row {
        work: "memory of one idle watch, 10,000 of them",
        go: "5,333 B",
        goal: "<= 1,024 B",
        limit: 1024.0,
        source: Source::Count("bytes of an idle watch", "B"),
    },
    Row {
        work: "trials of 2,000 that lose an event between mount and the first listener",
        go: "1,989",
        goal: "0",
        limit: 0.0,
        source: Source::Count("trials that lost an early event", ""),
    },
    Row {
        work: "a permanently failing watch reaches Failed in a test",
        go: "15.5 s",
        goal: "< 10 ms",
        limit: 10e6,
        source: Source::Run("failing watch/until Failed, paused clock"),
    },
    Row {
        work: "the whole conformance suite over the reference backend",
        go: "",
        goal: "< 1 s",
        limit: 1e9,
        source: Source::Run("suite/reference"),
    },
    Row {
        work: "one call through the suite's recorder, beyond the call itself",
        go: "",
        goal: "<= 2 us",
        limit: 2e3,
        source: Source::Beyond("call of a check/recorded", "call of a check/bare"),
    },
    Row {
        work: "find with four predicates over 100,000 objects",
        go: "",
        goal: "<= 25 ms",
        limit: 25e6,
        source: Source::Run("find, four predicates/selective/100000"),
    },
    Row {
        work: "a page of 200 of 100,000 objects, ordered",
        go: "",
        goal: "<= 40 ms",
        limit: 40e6,
        source: Source::Run("list, a page of 200/ordered by one field/100000"),
    },
];

/// The table as Markdown: a row a piece of work, with `not measured` where nothing was.
pub fn table(measured: &Measured) -> String {
    let mut text = String::from("| work | Go | goal | measured | |\n|---|---|---|---|---|\n");
    for row in ROWS {
        let (value, shown) = match row.source {
            Source::Run(name) => {
                let nanos = measured.run(name);
                (nanos, nanos.map(duration))
            }
            Source::Each(name) => {
                let nanos = measured.each(name);
                (nanos, nanos.map(duration))
            }
            Source::Beyond(with, without) => {
                let both = measured.each(with).zip(measured.each(without));
                let nanos = both.map(|(with, without)| (with - without).max(0.0));
                (nanos, nanos.map(duration))
            }
            Source::Count(name, unit) => {
                let count = measured.count(name);
                (
                    count,
                    count.map(|count| format!("{count:.0} {unit}").trim().to_owned()),
                )
            }
        };
        let verdict = match value {
            None => "",
            Some(_) if row.limit.is_infinite() => "",
            Some(value) if value <= row.limit => "met",
            Some(_) => "missed",
        };
        let shown = shown.unwrap_or_else(|| "not measured".to_owned());
        text.push_str(&format!(
            "| {} | {} | {} | {shown} | {verdict} |\n",
            row.work, row.go, row.goal
        ));
    }
    text
}

/// Three digits and a unit.
fn duration(nanos: f64) -> String {
    let (value, unit) = match nanos {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "us"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    match value {
        v if v < 10.0 => format!("{v:.2} {unit}"),
        v if v < 100.0 => format!("{v:.1} {unit}"),
        v => format!("{v:.0} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line<'a>(table: &'a str, work: &str) -> &'a str {
        let start = format!("| {work}");
        table.lines().find(|line| line.starts_with(&start)).unwrap()
    }

    #[test]
    fn a_row_tells_whether_its_goal_is_met() {
        let measured = Measured::default()
            .with("mount, watchable/100", 90_000.0, 100)
            .with("event/1 watch, 1 listener", 9_000_000.0, 100_000)
            .with("call of a check/bare", 150_000.0, 500)
            .with("call of a check/recorded", 650_000.0, 500)
            .with_count("bytes of an idle watch", 1024.0);
        let table = table(&measured);
        assert_eq!(
            line(&table, "mount + load"),
            "| mount + load + start + close, 100 watchable types | 274 us | <= 110 us | 90.0 us | met |"
        );
        assert_eq!(
            line(&table, "watch event, plugin to one"),
            "| watch event, plugin to one no-op listener | 27 ns | <= 80 ns, then <= 27 ns | 90.0 ns | missed |"
        );
        assert_eq!(
            line(&table, "memory of one idle"),
            "| memory of one idle watch, 10,000 of them | 5,333 B | <= 1,024 B | 1024 B | met |"
        );
        assert_eq!(
            line(&table, "one call through the suite"),
            "| one call through the suite's recorder, beyond the call itself |  | <= 2 us | 1.00 us | met |"
        );
        assert!(
            line(&table, "start 1000").ends_with("| not measured |  |"),
            "{table}"
        );
    }

    #[test]
    fn a_duration_has_three_digits_and_a_unit() {
        let shown = [0.5, 27.04, 293.4, 1_100.0, 274_000.0, 2.74e6, 15.5e9].map(duration);
        assert_eq!(
            shown,
            [
                "0.50 ns", "27.0 ns", "293 ns", "1.10 us", "274 us", "2.74 ms", "15.5 s"
            ]
        );
    }
}
