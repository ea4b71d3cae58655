//! From a seed to a program.

use super::{Op, random::Random};
use crate::{
    check::{Capability, Operation},
    cx::TypeUnderTest,
};

/// How many objects a program is about.
pub(super) const SLOTS: u8 = 4;

/// How many operations it has.
pub(super) const LENGTH: usize = 24;

/// Makes an operation, given how many namespaces there are.
type Make = fn(&mut Random, u8) -> Op;

/// What operations there are, and how often each is wanted.
pub(super) struct Grammar {
    namespaces: u8,
    rules: Vec<(u32, Make)>,
}

impl Grammar {
    /// What the type declares and the subject does not except.
    pub(super) fn of(ty: &TypeUnderTest) -> Self {
        let namespaces = u8::try_from(ty.namespaces().len()).unwrap_or(u8::MAX);
        let can = |operation| ty.supports(operation);
        let has_change = ty
            .fixture
            .as_ref()
            .is_some_and(|fixture| fixture.has_change());
        let is_watched = Capability::Watchable.is_in(&ty.capabilities);
        let mut grammar = Self {
            namespaces: namespaces.max(1),
            rules: Vec::new(),
        };
        grammar.rule(can(Operation::Create), 24, |random, namespaces| {
            let (slot, namespace) = object(random, namespaces);
            Op::Create { slot, namespace }
        });
        grammar.rule(
            can(Operation::Update) && has_change,
            20,
            |random, spaces| {
                let (slot, namespace) = object(random, spaces);
                Op::Update { slot, namespace }
            },
        );
        grammar.rule(can(Operation::Delete), 12, |random, namespaces| {
            let (slot, namespace) = object(random, namespaces);
            Op::Delete { slot, namespace }
        });
        grammar.rule(can(Operation::Get), 20, |random, namespaces| {
            let (slot, namespace) = object(random, namespaces);
            Op::Get { slot, namespace }
        });
        grammar.rule(can(Operation::List), 10, |random, namespaces| {
            let (within, pages) = query(random, namespaces);
            Op::List { within, pages }
        });
        grammar.rule(can(Operation::Find), 6, |random, namespaces| {
            let (within, pages) = query(random, namespaces);
            Op::Find { within, pages }
        });
        grammar.rule(is_watched, 2, |_, _| Op::RestartWatch);
        grammar.rule(true, 1, |_, _| Op::Reconnect);
        grammar
    }

    /// The program of a seed.
    pub(super) fn program(&self, seed: u64) -> Vec<Op> {
        let mut random = Random::new(seed);
        let all: u32 = self.rules.iter().map(|(weight, _)| weight).sum();
        let mut op = || {
            let mut ticket = random.below(all);
            for (weight, make) in &self.rules {
                match ticket.checked_sub(*weight) {
                    Some(rest) => ticket = rest,
                    None => return make(&mut random, self.namespaces),
                }
            }
            Op::Reconnect
        };
        (0..LENGTH).map(|_| op()).collect()
    }

    fn rule(&mut self, applies: bool, weight: u32, make: Make) {
        if applies {
            self.rules.push((weight, make));
        }
    }
}

fn object(random: &mut Random, namespaces: u8) -> (u8, u8) {
    (small(random, SLOTS), small(random, namespaces))
}

fn query(random: &mut Random, namespaces: u8) -> (Option<u8>, u8) {
    // One in two looks everywhere.
    let within = small(random, namespaces.saturating_mul(2));
    (
        (within < namespaces).then_some(within),
        1 + small(random, 3),
    )
}

fn small(random: &mut Random, bound: u8) -> u8 {
    u8::try_from(random.below(u32::from(bound))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use omniview_sdk::ResourceCapabilities;

    use super::*;
    use crate::subject::ResourceFixture;

    fn ty(fixture: ResourceFixture) -> TypeUnderTest {
        let capabilities = ResourceCapabilities {
            can_get: true,
            can_list: true,
            can_create: true,
            can_update: true,
            can_delete: true,
            ..ResourceCapabilities::default()
        };
        TypeUnderTest {
            key: fixture.key().clone(),
            capabilities,
            fixture: Some(Arc::new(fixture)),
        }
    }

    #[test]
    fn a_seed_makes_the_same_program_for_ever() {
        let plain = Grammar::of(&ty(ResourceFixture::new("g::v::K").change(|object| object)));
        let program = plain.program(1);
        assert_eq!(program.len(), LENGTH);
        assert_eq!(plain.program(1), program);
        assert_ne!(plain.program(2), program);
        insta::assert_debug_snapshot!("program_of_seed_1", &program[..6]);
    }

    #[test]
    fn a_program_keeps_to_what_is_declared_and_told() {
        let fixture = ResourceFixture::new("g::v::K").unsupported([Operation::Delete]);
        let grammar = Grammar::of(&ty(fixture));
        for op in (0..200).flat_map(|seed| grammar.program(seed)) {
            let within = match op {
                Op::Create { namespace, .. } | Op::Get { namespace, .. } => Some(namespace),
                Op::List { within, pages } => {
                    assert!((1..=3).contains(&pages));
                    within
                }
                Op::Reconnect => None,
                // No change, no delete, no find, no watch.
                other => panic!("{other:?}"),
            };
            assert!(within.is_none_or(|namespace| namespace == 0));
        }
    }
}
