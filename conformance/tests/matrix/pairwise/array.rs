//! A covering array: few rows in which every two levels of two factors meet.

use std::collections::BTreeSet;

/// A level of each factor.
pub(super) type Levels = Vec<usize>;

/// A level of one factor, and one of a later factor.
type Pair = (usize, usize, usize, usize);

/// Rows over factors with so many levels each. The first row has level 0 of every factor.
///
/// Greedy: each row begins with a pair that no row has, and every other factor takes the level with which most
/// such pairs are had. The same counts make the same rows.
pub(super) fn covering(counts: &[usize]) -> Vec<Levels> {
    let mut rows = vec![vec![0; counts.len()]];
    let mut missing = pairs(counts);
    cross_out(&mut missing, &rows[0]);
    while let Some((a, level_a, b, level_b)) = missing.first().copied() {
        let mut row: Vec<Option<usize>> = vec![None; counts.len()];
        row[a] = Some(level_a);
        row[b] = Some(level_b);
        while let Some((factor, level)) = best(counts, &missing, &row) {
            row[factor] = Some(level);
        }
        let row: Levels = row.into_iter().map(Option::unwrap_or_default).collect();
        cross_out(&mut missing, &row);
        rows.push(row);
    }
    rows
}

/// Every pair that there is.
fn pairs(counts: &[usize]) -> BTreeSet<Pair> {
    let mut pairs = BTreeSet::new();
    for (a, levels_a) in counts.iter().enumerate() {
        for (b, levels_b) in counts.iter().enumerate().skip(a + 1) {
            for level_a in 0..*levels_a {
                pairs.extend((0..*levels_b).map(|level_b| (a, level_a, b, level_b)));
            }
        }
    }
    pairs
}

fn cross_out(missing: &mut BTreeSet<Pair>, row: &[usize]) {
    missing.retain(|(a, level_a, b, level_b)| row[*a] != *level_a || row[*b] != *level_b);
}

/// The open factor and its level with which the row gains most missing pairs, and of several the one that most
/// are left of.
fn best(
    counts: &[usize],
    missing: &BTreeSet<Pair>,
    row: &[Option<usize>],
) -> Option<(usize, usize)> {
    let gain = |factor: usize, level: usize| {
        let closed = row.iter().enumerate();
        let closed = closed.filter_map(|(other, chosen)| Some((other, (*chosen)?)));
        let gained = closed.filter(|(other, chosen)| {
            let pair = if *other < factor {
                (*other, *chosen, factor, level)
            } else {
                (factor, level, *other, *chosen)
            };
            missing.contains(&pair)
        });
        gained.count()
    };
    let open = (0..counts.len()).filter(|factor| row[*factor].is_none());
    let choices = open.flat_map(|factor| (0..counts[factor]).map(move |level| (factor, level)));
    let left = |factor: usize, level: usize| {
        let has = |(a, level_a, b, level_b): &&Pair| {
            (*a, *level_a) == (factor, level) || (*b, *level_b) == (factor, level)
        };
        missing.iter().filter(has).count()
    };
    // `max_by_key` takes the last of several.
    choices
        .rev()
        .max_by_key(|(factor, level)| (gain(*factor, *level), left(*factor, *level)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers_all(counts: &[usize], rows: &[Levels]) {
        for row in rows {
            assert_eq!(row.len(), counts.len());
            assert!(row.iter().zip(counts).all(|(level, count)| level < count));
        }
        for (a, level_a, b, level_b) in pairs(counts) {
            let meet = |row: &Levels| row[a] == level_a && row[b] == level_b;
            assert!(
                rows.iter().any(meet),
                "level {level_a} of factor {a} never meets level {level_b} of factor {b}"
            );
        }
    }

    #[test]
    fn every_two_levels_meet_in_few_rows() {
        for (counts, most) in [
            (vec![2, 2], 4),
            (vec![2; 10], 9),
            (vec![2; 24], 12),
            (vec![3; 4], 12),
            (vec![3, 3, 4, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2], 18),
            (vec![4, 1, 2], 8),
        ] {
            let rows = covering(&counts);
            covers_all(&counts, &rows);
            assert!(rows.len() <= most, "{counts:?}: {} rows", rows.len());
            assert!(rows[0].iter().all(|level| *level == 0));
            assert_eq!(rows, covering(&counts));
        }
    }

    #[test]
    fn a_row_that_is_missing_is_noticed() {
        let counts = [2, 3, 2];
        let mut rows = covering(&counts);
        rows.pop();
        assert!(std::panic::catch_unwind(|| covers_all(&counts, &rows)).is_err());
    }
}
