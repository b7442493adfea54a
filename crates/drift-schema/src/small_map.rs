//! A map from names that keeps their order and is cheap while it is small, as most objects are.

use rustc_hash::FxHashMap;
use swc_atoms::Atom;

/// Names and values in the order in which the names were first inserted.
#[derive(Debug, Clone)]
pub(crate) struct SmallMap<V> {
    entries: Vec<(Atom, V)>,
    /// Where each name stands, once there are more than [`LINEAR_LIMIT`].
    positions: Option<Box<FxHashMap<Atom, usize>>>,
}

/// Up to this many names are compared one by one.
const LINEAR_LIMIT: usize = 16;

impl<V> SmallMap<V> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), positions: None }
    }

    /// Puts a value under a name. A name that is there keeps its place.
    pub(crate) fn insert(&mut self, name: Atom, value: V) {
        if let Some(position) = self.position(&name) {
            self.entries[position].1 = value;
            return;
        }
        if let Some(positions) = &mut self.positions {
            positions.insert(name.clone(), self.entries.len());
        } else if self.entries.len() == LINEAR_LIMIT {
            let names = self.entries.iter().map(|(name, _)| name).chain([&name]);
            let positions = names.enumerate().map(|(position, name)| (name.clone(), position));
            self.positions = Some(Box::new(positions.collect()));
        }
        self.entries.push((name, value));
    }

    /// Takes a name out; those after it move up.
    pub(crate) fn remove(&mut self, name: &Atom) {
        let Some(position) = self.position(name) else { return };
        self.entries.remove(position);
        if let Some(positions) = &mut self.positions {
            let names = self.entries.iter().enumerate();
            **positions = names.map(|(position, (name, _))| (name.clone(), position)).collect();
        }
    }

    pub(crate) fn get(&self, name: &Atom) -> Option<&V> {
        self.position(name).map(|position| &self.entries[position].1)
    }

    pub(crate) fn contains_key(&self, name: &Atom) -> bool {
        self.position(name).is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Atom, &V)> {
        self.entries.iter().map(|(name, value)| (name, value))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }

    fn position(&self, name: &Atom) -> Option<usize> {
        match &self.positions {
            Some(positions) => positions.get(name).copied(),
            None => self.entries.iter().position(|(it, _)| it == name),
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

impl<V> IntoIterator for SmallMap<V> {
    type Item = (Atom, V);
    type IntoIter = std::vec::IntoIter<(Atom, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
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
