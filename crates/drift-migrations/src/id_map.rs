//! Sets of numbers by key, of which nearly all hold one number.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::hash::Hash;

use foldhash::{HashMap, HashMapExt};

/// A set of numbers for each key.
#[derive(Debug)]
pub(crate) struct IdMap<K, I> {
    sets: HashMap<K, Ids<I>>,
}

#[derive(Debug)]
enum Ids<I> {
    One(I),
    Many(BTreeSet<I>),
}

impl<K: Hash + Eq, I: Copy + Ord> IdMap<K, I> {
    pub(crate) fn new() -> Self {
        Self { sets: HashMap::new() }
    }

    pub(crate) fn insert(&mut self, key: K, id: I) {
        self.sets
            .entry(key)
            .and_modify(|ids| match ids {
                Ids::One(one) if *one == id => {}
                Ids::One(one) => *ids = Ids::Many(BTreeSet::from([*one, id])),
                Ids::Many(many) => _ = many.insert(id),
            })
            .or_insert(Ids::One(id));
    }

    pub(crate) fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q, id: I)
    where
        K: Borrow<Q>,
    {
        let is_empty = match self.sets.get_mut(key) {
            Some(Ids::One(one)) => *one == id,
            Some(Ids::Many(many)) => many.remove(&id) && many.is_empty(),
            None => false,
        };
        if is_empty {
            self.sets.remove(key);
        }
    }

    /// The numbers of a key, the least first.
    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> impl Iterator<Item = I>
    where
        K: Borrow<Q>,
    {
        let (one, many) = match self.sets.get(key) {
            Some(Ids::One(one)) => (Some(*one), None),
            Some(Ids::Many(many)) => (None, Some(many)),
            None => (None, None),
        };
        one.into_iter().chain(many.into_iter().flatten().copied())
    }
}
