//! What goes wrong only while another call is under way.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The calls that are under way, with what the first of those about one thing asked.
#[derive(Debug)]
pub(super) struct UnderWay<K: Ord, T>(Mutex<BTreeMap<K, (usize, T)>>);

/// Keeps a call under way.
#[must_use = "a call is under way until this is dropped"]
pub(super) struct Call<'a, K: Ord + Clone, T> {
    all: &'a UnderWay<K, T>,
    about: K,
    /// How many were under way before it.
    pub(super) before: usize,
}

impl<K: Ord + Clone, T: Clone> UnderWay<K, T> {
    /// Begins a call; answers with what the first of those under way asked, which may be this one.
    pub(super) fn begin(&self, about: K, asked: T) -> (Call<'_, K, T>, T) {
        let mut calls = self.lock();
        let (count, first) = calls.entry(about.clone()).or_insert((0, asked));
        let (before, first) = (*count, first.clone());
        *count += 1;
        let call = Call {
            all: self,
            about,
            before,
        };
        (call, first)
    }
}

impl<K: Ord, T> UnderWay<K, T> {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<K, (usize, T)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Ord, T> Default for UnderWay<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord + Clone, T> Drop for Call<'_, K, T> {
    fn drop(&mut self) {
        let mut calls = self.all.lock();
        if let Some((count, _)) = calls.get_mut(&self.about) {
            *count -= 1;
            if *count == 0 {
                calls.remove(&self.about);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_learns_what_the_first_of_those_under_way_asked() {
        let gets = UnderWay::default();
        let (first, asked) = gets.begin("pods", 1);
        assert_eq!((first.before, asked), (0, 1));
        let (second, asked) = gets.begin("pods", 2);
        assert_eq!((second.before, asked), (1, 1));
        let (_other, asked) = gets.begin("nodes", 3);
        assert_eq!(asked, 3);
        drop((first, second));
        let (later, asked) = gets.begin("pods", 4);
        assert_eq!((later.before, asked), (0, 4));
    }
}
