//! A map from names that keeps their order and is cheap while it is small, as most objects are.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};
use swc_atoms::Atom;

/// Names and values in the order in which the names were first inserted.
#[derive(Debug, Clone)]
pub(crate) struct SmallMap<V> {
    entries: Vec<Entry<V>>,
    /// Where each name stands, once there are more than [`LINEAR_LIMIT`].
    positions: Option<Box<FxHashMap<Atom, usize>>>,
}

#[derive(Debug, Clone)]
struct Entry<V> {
    /// Of the name, so that most names need not be looked at to see that they differ.
    hash: u32,
    name: Atom,
    value: V,
}

/// Up to this many names are compared one by one.
const LINEAR_LIMIT: usize = 16;

impl<V> SmallMap<V> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), positions: None }
    }

    pub(crate) fn reserve(&mut self, additional: usize) {
        self.entries.reserve(additional);
    }

    /// Puts a value under a name. A name that is there keeps its place.
    pub(crate) fn insert(&mut self, name: Atom, value: V) {
        let hash = hash(&name);
        if let Some(position) = self.position_of(&name, hash) {
            self.entries[position].value = value;
            return;
        }
        if let Some(positions) = &mut self.positions {
            positions.insert(name.clone(), self.entries.len());
        } else if self.entries.len() == LINEAR_LIMIT {
            let names = self.entries.iter().map(|it| &it.name).chain([&name]);
            let positions = names.enumerate().map(|(position, name)| (name.clone(), position));
            self.positions = Some(Box::new(positions.collect()));
        }
        self.entries.push(Entry { hash, name, value });
    }

    /// Takes a name out; those after it move up.
    pub(crate) fn remove(&mut self, name: &Atom) {
        let Some(position) = self.position(name) else { return };
        self.entries.remove(position);
        if let Some(positions) = &mut self.positions {
            let names = self.entries.iter().enumerate();
            **positions = names.map(|(position, it)| (it.name.clone(), position)).collect();
        }
    }

    pub(crate) fn get(&self, name: &Atom) -> Option<&V> {
        self.position(name).map(|position| &self.entries[position].value)
    }

    pub(crate) fn contains_key(&self, name: &Atom) -> bool {
        self.position(name).is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Atom, &V)> {
        self.entries.iter().map(|it| (&it.name, &it.value))
    }

    pub(crate) fn into_values(self) -> impl Iterator<Item = V> {
        self.entries.into_iter().map(|it| it.value)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|it| &it.value)
    }

    fn position(&self, name: &Atom) -> Option<usize> {
        if self.entries.is_empty() {
            return None;
        }
        self.position_of(name, hash(name))
    }

    fn position_of(&self, name: &Atom, hash: u32) -> Option<usize> {
        match &self.positions {
            Some(positions) => positions.get(name).copied(),
            None => self.entries.iter().position(|it| it.hash == hash && it.name == *name),
        }
    }
}

impl<V> Default for SmallMap<V> {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl<V> FromIterator<(Atom, V)> for SmallMap<V> {
    fn from_iter<I: IntoIterator<Item = (Atom, V)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut map = Self::with_capacity(entries.size_hint().0);
        entries.for_each(|(name, value)| map.insert(name, value));
        map
    }
}

/// Within one run alone.
fn hash(name: &Atom) -> u32 {
    FxBuildHasher.hash_one(name) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order_however_many_names_there_are() {
        for count in [3, LINEAR_LIMIT, LINEAR_LIMIT + 1, 1_000] {
            let name = |number: usize| Atom::from(format!("a name of some length {number}"));
            let mut map: SmallMap<usize> = (0..count).map(|it| (name(it), it)).collect();
            map.insert(name(1), 7);
            assert_eq!(map.len(), count);
            assert_eq!(map.get(&name(1)), Some(&7));
            assert_eq!(map.get(&name(count - 1)), Some(&(count - 1)));
            assert_eq!(map.get(&name(count)), None);
            assert_eq!(map.values().copied().take(3).collect::<Vec<_>>(), [0, 7, 2]);
            map.remove(&name(0));
            assert_eq!(map.get(&name(0)), None);
            assert_eq!(map.get(&name(count - 1)), Some(&(count - 1)));
        }
    }
}
