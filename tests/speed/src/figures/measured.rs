//! What was measured, by name.

use std::{collections::BTreeMap, fs, io, path::Path};

use serde::Deserialize;

/// What was measured, by the name of the benchmark or of the count.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    /// Nanoseconds of one measurement, and how many elements it had.
    times: BTreeMap<String, (f64, u64)>,
    counts: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Benchmark {
    full_id: String,
    throughput: Option<Throughput>,
}

#[derive(Deserialize)]
enum Throughput {
    Elements(u64),
    #[serde(untagged)]
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

impl Measured {
    /// Reads a directory of criterion's, with the `counted.json` of the counting bench in it.
    ///
    /// # Errors
    ///
    /// The directory, or a file in it, cannot be read.
    pub fn read(criterion: &Path) -> io::Result<Self> {
        let mut measured = Self::default();
        measured.read_times(criterion)?;
        match fs::read_to_string(criterion.join("counted.json")) {
            Ok(text) => measured.counts = serde_json::from_str(&text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(measured)
    }

    fn read_times(&mut self, directory: &Path) -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if !path.is_dir() {
                continue;
            }
            if path.file_name().is_some_and(|name| name == "new") {
                let benchmark = fs::read_to_string(path.join("benchmark.json"))?;
                let estimates = fs::read_to_string(path.join("estimates.json"))?;
                self.add_time(&benchmark, &estimates)?;
            } else {
                self.read_times(&path)?;
            }
        }
        Ok(())
    }

    fn add_time(&mut self, benchmark: &str, estimates: &str) -> serde_json::Result<()> {
        let benchmark: Benchmark = serde_json::from_str(benchmark)?;
        let estimates: Estimates = serde_json::from_str(estimates)?;
        let elements = match benchmark.throughput {
            Some(Throughput::Elements(elements)) => elements,
            Some(Throughput::Other(_)) | None => 1,
        };
        let time = (estimates.median.point_estimate, elements);
        self.times.insert(benchmark.full_id, time);
        Ok(())
    }

    /// Nanoseconds of one measurement.
    pub fn run(&self, name: &str) -> Option<f64> {
        self.times.get(name).map(|(nanos, _)| *nanos)
    }

    /// Nanoseconds of one element of a measurement.
    pub fn each(&self, name: &str) -> Option<f64> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "there are fewer than 2^53 elements"
        )]
        self.times
            .get(name)
            .map(|(nanos, elements)| nanos / *elements as f64)
    }

    /// What was counted.
    pub fn count(&self, name: &str) -> Option<f64> {
        self.counts.get(name).copied()
    }

    /// For a test: one measurement.
    #[cfg(test)]
    pub(super) fn with(mut self, name: &str, nanos: f64, elements: u64) -> Self {
        self.times.insert(name.to_owned(), (nanos, elements));
        self
    }

    /// For a test: one count.
    #[cfg(test)]
    pub(super) fn with_count(mut self, name: &str, count: f64) -> Self {
        self.counts.insert(name.to_owned(), count);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_and_the_elements_are_read_from_criterions_files() {
        let mut measured = Measured::default();
        let benchmark = r#"{"group_id":"event","function_id":"a","value_str":null,
            "throughput":{"Elements":100},"full_id":"event/a","directory_name":"event/a","title":"event/a"}"#;
        let estimates = r#"{"mean":{"point_estimate":1.0},"median":{"confidence_interval":{},
            "point_estimate":5000.0,"standard_error":1.0},"slope":null}"#;
        measured.add_time(benchmark, estimates).unwrap();
        assert_eq!(measured.run("event/a"), Some(5000.0));
        assert_eq!(measured.each("event/a"), Some(50.0));
        let plain = benchmark.replace(r#"{"Elements":100}"#, "null");
        measured.add_time(&plain, estimates).unwrap();
        assert_eq!(measured.each("event/a"), Some(5000.0));
        let bytes = benchmark.replace("Elements", "Bytes");
        measured.add_time(&bytes, estimates).unwrap();
        assert_eq!(measured.each("event/a"), Some(5000.0));
    }
}
