//! What a table may have many of, in the order in which it was made.
//!
//! A table of a dump has a dozen columns, one that somebody means harm with has a hundred thousand.
//! From a few on, names and columns are therefore found by hash and not by a walk.

use std::collections::BTreeSet;

use foldhash::HashMap;

use crate::state::lower_case;
use crate::statement::Name;

/// The number of places up to which a walk is the quicker way.
const FEW: usize = 16;

/// What stands on a shelf.
pub(crate) trait Item<'a> {
    /// What it is called.
    fn name(&self) -> Option<&Name<'a>>;

    /// The columns that it is about.
    fn columns(&self) -> &[Name<'a>] {
        &[]
    }

    /// Those that it is about without being decided by them.
    fn included(&self) -> &[Name<'a>] {
        &[]
    }
}

impl<'a> Item<'a> for Name<'a> {
    fn name(&self) -> Option<&Name<'a>> {
        Some(self)
    }
}

/// Places in a row, each with an item or empty again.
#[derive(Debug, Clone)]
pub(crate) struct Shelf<'a, T> {
    places: Vec<Option<T>>,
    lookup: Option<Box<Lookup<'a>>>,
    ignores_case: bool,
}

/// Where items are, by what they are called and by the columns that they are about.
#[derive(Debug, Clone, Default)]
struct Lookup<'a> {
    by_name: HashMap<Name<'a>, BTreeSet<usize>>,
    by_column: HashMap<Name<'a>, BTreeSet<usize>>,
}

impl<'a, T: Item<'a>> Shelf<'a, T> {
    /// An empty shelf.
    pub(crate) fn new(ignores_case: bool) -> Self {
        Self { places: Vec::new(), lookup: None, ignores_case }
    }

    /// The items in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.places.iter().flatten()
    }

    /// What becomes of each item, in order. A catalog has very many lists, none of which grows any more.
    pub(crate) fn map<U>(&self, each: impl FnMut(&T) -> U) -> Vec<U> {
        let mut all = Vec::with_capacity(self.places.len());
        all.extend(self.iter().map(each));
        all
    }

    /// Makes room for more items, and for no others.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.places.reserve_exact(count);
    }

    /// Whether names are equal without regard to case.
    pub(crate) fn ignores_case(&self) -> bool {
        self.ignores_case
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The place behind the last one.
    pub(crate) fn end(&self) -> usize {
        self.places.len()
    }

    /// The item at a place.
    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        self.places.get(at)?.as_ref()
    }

    /// Puts an item to a place, or takes it away. What was there before.
    pub(crate) fn put(&mut self, at: usize, item: Option<T>) -> Option<T> {
        if at >= self.places.len() {
            self.places.resize_with(at + 1, || None);
        }
        let before = std::mem::replace(&mut self.places[at], item);
        if self.lookup.is_some() {
            self.enter(at, before.as_ref(), false);
            let item = self.places[at].take();
            self.enter(at, item.as_ref(), true);
            self.places[at] = item;
        }
        while self.places.last().is_some_and(Option::is_none) {
            self.places.pop();
        }
        if self.lookup.is_none() && self.places.len() > FEW {
            self.index();
        }
        before
    }

    fn index(&mut self) {
        self.lookup = Some(Box::default());
        let places = std::mem::take(&mut self.places);
        for (at, item) in places.iter().enumerate() {
            self.enter(at, item.as_ref(), true);
        }
        self.places = places;
    }

    /// Writes down where an item is, or that it is there no more.
    fn enter(&mut self, at: usize, item: Option<&T>, is_there: bool) {
        let (Some(item), ignores_case) = (item, self.ignores_case) else { return };
        let Some(lookup) = &mut self.lookup else { return };
        let change = |map: &mut HashMap<Name<'a>, BTreeSet<usize>>, name: &Name<'a>| {
            let name = if ignores_case { lower_case(name) } else { name.clone() };
            if is_there {
                map.entry(name).or_default().insert(at);
            } else if let Some(places) = map.get_mut(&name) {
                places.remove(&at);
                if places.is_empty() {
                    map.remove(&name);
                }
            }
        };
        if let Some(name) = item.name() {
            change(&mut lookup.by_name, name);
        }
        for column in item.columns().iter().chain(item.included()) {
            change(&mut lookup.by_column, column);
        }
    }

    fn is_same(&self, one: &str, other: &str) -> bool {
        if self.ignores_case { one.eq_ignore_ascii_case(other) } else { one == other }
    }

    fn listed<'s>(
        &'s self,
        name: &str,
        map: impl Fn(&'s Lookup<'a>) -> &'s HashMap<Name<'a>, BTreeSet<usize>>,
    ) -> Option<&'s BTreeSet<usize>> {
        let map = map(self.lookup.as_deref()?);
        if self.ignores_case && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            map.get(name.to_ascii_lowercase().as_str())
        } else {
            map.get(name)
        }
    }

    /// The places of the items that have a name, in order.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = usize> {
        let walk = self.lookup.is_none().then_some(&self.places);
        let walked = walk.into_iter().flatten().enumerate().filter(move |(_, item)| {
            let own = item.as_ref().and_then(|item| item.name());
            own.is_some_and(|own| self.is_same(own, name))
        });
        let listed = self.listed(name, |it| &it.by_name).into_iter().flatten().copied();
        walked.map(|(at, _)| at).chain(listed)
    }

    /// The places of the items that are about a column, in order.
    pub(crate) fn about(&self, column: &str) -> impl Iterator<Item = usize> {
        let walk = self.lookup.is_none().then_some(&self.places);
        let walked = walk.into_iter().flatten().enumerate().filter(move |(_, item)| {
            item.as_ref().is_some_and(|item| {
                let mut own = item.columns().iter().chain(item.included());
                own.any(|own| self.is_same(own, column))
            })
        });
        let listed = self.listed(column, |it| &it.by_column).into_iter().flatten().copied();
        walked.map(|(at, _)| at).chain(listed)
    }

    /// The items that are about a column, in order.
    pub(crate) fn items_about(&self, column: &str) -> impl Iterator<Item = &T> {
        self.about(column).filter_map(|at| self.get(at))
    }

    /// The first place of an item that has a name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.named(name).next()
    }

    /// The first item that has a name.
    pub(crate) fn find(&self, name: &str) -> Option<&T> {
        self.get(self.position(name)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_alike_by_a_walk_and_by_hash() {
        for many in [4usize, 40] {
            let mut shelf = Shelf::new(true);
            for at in 0..many {
                shelf.put(shelf.end(), Some(Name::Owned(format!("Name{}", at / 2))));
            }
            assert_eq!(shelf.named("nAME1").collect::<Vec<_>>(), [2, 3]);
            shelf.put(2, None);
            assert_eq!(shelf.position("name1"), Some(3));
            shelf.put(3, Some(Name::Borrowed("other")));
            assert_eq!(shelf.find("name1"), None);
            shelf.put(2, Some(Name::Borrowed("name1")));
            assert_eq!(shelf.find("NAME1").map(|it| &**it), Some("name1"));
            shelf.put(many - 1, None);
            assert_eq!(shelf.end(), many - 1);
        }
    }
}
