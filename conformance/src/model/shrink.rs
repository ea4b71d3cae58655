//! From a program that fails to the shortest that still does.

use std::collections::BTreeSet;

use super::Op;

/// Proposes ever simpler programs; whoever runs them says which still fail.
///
/// First chunks are left out, from halves down to single operations; then the arguments of what is left are
/// made simpler. Every accepted proposal is simpler than the one before, so that it ends.
pub(super) struct Shrinker {
    best: Vec<Op>,
    phase: Phase,
}

enum Phase {
    /// Leaves out so many operations, from this one on.
    Chunks {
        size: usize,
        at: usize,
    },
    /// Makes this operation simpler, in this of several ways.
    Arguments {
        at: usize,
        way: usize,
    },
    /// Makes another slot this one in the whole program.
    Slots {
        to: u8,
    },
    /// Makes another object this one in the whole program.
    Objects {
        slot: u8,
        namespace: u8,
    },
    Done,
}

impl Shrinker {
    pub(super) fn new(failing: Vec<Op>) -> Self {
        let size = failing.len().div_ceil(2).max(1);
        Self {
            best: failing,
            phase: Phase::Chunks { size, at: 0 },
        }
    }

    /// The simplest program so far that fails.
    pub(super) fn best(&self) -> &[Op] {
        &self.best
    }

    /// The next program to try; none when nothing is left to try.
    pub(super) fn proposal(&mut self) -> Option<Vec<Op>> {
        loop {
            match self.phase {
                Phase::Chunks { size, at } if at < self.best.len() => {
                    let mut ops = self.best.clone();
                    ops.drain(at..(at + size).min(self.best.len()));
                    return Some(ops);
                }
                Phase::Chunks { size: 1, .. } => self.phase = Phase::Arguments { at: 0, way: 0 },
                Phase::Chunks { size, .. } => {
                    self.phase = Phase::Chunks {
                        size: size / 2,
                        at: 0,
                    };
                }
                Phase::Arguments { at, way } => {
                    let Some(op) = self.best.get(at) else {
                        self.phase = Phase::Slots { to: 0 };
                        continue;
                    };
                    if let Some(simpler) = op.simpler().get(way) {
                        let mut ops = self.best.clone();
                        ops[at] = *simpler;
                        return Some(ops);
                    }
                    self.phase = Phase::Arguments { at: at + 1, way: 0 };
                }
                Phase::Slots { to } => {
                    let objects = self.best.iter().filter_map(|op| op.object());
                    let slots: BTreeSet<u8> = objects.map(|(slot, _)| slot).collect();
                    match slots.range(to + 1..).next() {
                        Some(from) if !slots.contains(&to) => {
                            return Some(renamed(&self.best, |(slot, namespace)| {
                                (if slot == *from { to } else { slot }, namespace)
                            }));
                        }
                        Some(_) => self.phase = Phase::Slots { to: to + 1 },
                        None => {
                            self.phase = Phase::Objects {
                                slot: 0,
                                namespace: 0,
                            }
                        }
                    }
                }
                Phase::Objects { slot, namespace } => {
                    // The first object that is not the simplest one that is free.
                    let objects: Vec<(u8, u8)> =
                        self.best.iter().filter_map(|op| op.object()).collect();
                    let from = objects
                        .iter()
                        .copied()
                        .filter(|one| *one > (slot, namespace));
                    match from.min() {
                        Some(from) if !objects.contains(&(slot, namespace)) => {
                            return Some(renamed(&self.best, |object| {
                                if object == from {
                                    (slot, namespace)
                                } else {
                                    object
                                }
                            }));
                        }
                        Some(_) => {
                            self.phase = Phase::Objects {
                                slot: slot + 1,
                                namespace,
                            }
                        }
                        None => self.phase = Phase::Done,
                    }
                }
                Phase::Done => return None,
            }
        }
    }

    /// The proposal fails too.
    pub(super) fn accept(&mut self, ops: Vec<Op>) {
        self.best = ops;
        if let Phase::Arguments { way, .. } = &mut self.phase {
            *way = 0;
        }
    }

    /// The proposal does not fail.
    pub(super) fn reject(&mut self) {
        match &mut self.phase {
            Phase::Chunks { size, at } => *at += *size,
            Phase::Arguments { way, .. } => *way += 1,
            Phase::Slots { to: slot } | Phase::Objects { slot, .. } => *slot += 1,
            Phase::Done => {}
        }
    }
}

fn renamed(ops: &[Op], rename: impl Fn((u8, u8)) -> (u8, u8)) -> Vec<Op> {
    ops.iter()
        .map(|op| match op.object().map(&rename) {
            Some((slot, namespace)) => op.at(slot, namespace),
            None => *op,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn create(slot: u8, namespace: u8) -> Op {
        Op::Create { slot, namespace }
    }

    const fn get(slot: u8, namespace: u8) -> Op {
        Op::Get { slot, namespace }
    }

    /// Shrinks as far as it goes, and counts the tries.
    fn shrunk(ops: Vec<Op>, fails: impl Fn(&[Op]) -> bool) -> (Vec<Op>, usize) {
        let mut shrinker = Shrinker::new(ops);
        let mut tries = 0;
        while let Some(ops) = shrinker.proposal() {
            tries += 1;
            assert!(tries < 1000, "it does not end");
            if fails(&ops) {
                shrinker.accept(ops);
            } else {
                shrinker.reject();
            }
        }
        (shrinker.best().to_vec(), tries)
    }

    #[test]
    fn what_does_not_matter_is_left_out() {
        let mut ops: Vec<Op> = (0..24).map(|n| create(n % 4, 0)).collect();
        ops[7] = Op::Reconnect;
        ops[19] = Op::RestartWatch;
        let fails = |ops: &[Op]| {
            let reconnect = ops.iter().position(|op| *op == Op::Reconnect);
            let restart = ops.iter().position(|op| *op == Op::RestartWatch);
            reconnect.is_some() && reconnect < restart
        };
        let (best, tries) = shrunk(ops, fails);
        assert_eq!(best, [Op::Reconnect, Op::RestartWatch]);
        assert!(tries < 80, "{tries} tries");
    }

    #[test]
    fn arguments_become_simple_together_where_they_belong_together() {
        let fails = |ops: &[Op]| {
            ops.iter().enumerate().any(|(at, op)| {
                op.object().is_some_and(|(slot, namespace)| {
                    *op == get(slot, namespace) && ops[..at].contains(&create(slot, namespace))
                })
            })
        };
        let ops = vec![get(1, 1), create(3, 1), create(2, 0), get(3, 1), get(0, 0)];
        assert_eq!(shrunk(ops, fails).0, [create(0, 0), get(0, 0)]);
    }

    #[test]
    fn one_slot_becomes_another_in_every_namespace_at_once() {
        // What is created in one namespace is found in another.
        let fails = |ops: &[Op]| {
            let made = |slot| ops.contains(&create(slot, 1));
            (0..4).any(|slot| made(slot) && ops.contains(&get(slot, 0)))
        };
        let ops = vec![create(3, 1), create(2, 1), get(2, 0)];
        assert_eq!(shrunk(ops, fails).0, [create(0, 1), get(0, 0)]);
    }

    #[test]
    fn pages_and_namespaces_of_queries_go_where_they_do_not_matter() {
        let fails = |ops: &[Op]| {
            ops.iter()
                .any(|op| matches!(op, Op::List { pages: 2.., .. }))
        };
        let ops = vec![Op::List {
            within: Some(1),
            pages: 3,
        }];
        let expected = Op::List {
            within: None,
            pages: 2,
        };
        assert_eq!(shrunk(ops, fails).0, [expected]);
    }
}
