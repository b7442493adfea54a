//! What is known after the branches of a condition that is not known: a variable that all of them
//! assign has one of those values, and no longer its old one.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;

use crate::evaluate::Evaluator;
use crate::module_graph::{ModuleId, State};
use crate::scope::Scope;
use crate::statements::Completion;
use crate::value::{Object, Property, Value};

/// Something that a branch assigned, whatever else may hold.
pub(crate) struct Assigned<'a> {
    place: Place<'a>,
    value: Value<'a>,
    /// What was there before.
    before: Option<Value<'a>>,
}

/// Where a value is kept.
enum Place<'a> {
    Variable(Rc<Scope<'a>>, Atom),
    Binding(ModuleId, Atom),
    Property(&'a Object<'a>, Atom),
}

impl Place<'_> {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Place::Variable(a, name), Place::Variable(b, other)) => {
                Rc::ptr_eq(a, b) && name == other
            }
            (Place::Binding(a, name), Place::Binding(b, other)) => a == b && name == other,
            (Place::Property(a, key), Place::Property(b, other)) => {
                std::ptr::eq(*a, *b) && key == other
            }
            _ => false,
        }
    }
}

/// More assignments of a branch than this are not kept apart.
const ASSIGNED_LIMIT: usize = 256;

impl<'a> Evaluator<'a> {
    /// Runs a branch of a condition that is not known, and says what it assigns.
    pub(crate) fn in_branch(
        &mut self,
        run: impl FnOnce(&mut Self) -> Completion<'a>,
    ) -> (Completion<'a>, Vec<Assigned<'a>>) {
        let outer = self.assigned.replace(Vec::new());
        let completion = self.in_doubt(run);
        let assigned = std::mem::replace(&mut self.assigned, outer).unwrap_or_default();
        (completion, assigned)
    }

    /// Notes that a variable was assigned, where a branch is run.
    pub(crate) fn note_assigned(
        &mut self,
        name: &Atom,
        value: Value<'a>,
        before: Value<'a>,
        scope: &Rc<Scope<'a>>,
    ) {
        let Some(assigned) = &mut self.assigned else { return };
        let place = match scope.owner(name) {
            Some(owner) => Place::Variable(owner, name.clone()),
            None => Place::Binding(scope.module, name.clone()),
        };
        note(assigned, Assigned { place, value, before: Some(before) });
    }

    /// As [`Self::note_assigned`].
    pub(crate) fn note_assigned_property(
        &mut self,
        object: &'a Object<'a>,
        key: &Atom,
        value: &Value<'a>,
    ) {
        if let Some(assigned) = &mut self.assigned {
            let place = Place::Property(object, key.clone());
            note(assigned, Assigned { place, value: value.clone(), before: None });
        }
    }

    /// Brings together what the branches have assigned that may be the one that ran.
    pub(crate) fn merge_assigned(&mut self, mut runs: Vec<Vec<Assigned<'a>>>, span: Span) {
        let Some(first) = runs.pop() else { return };
        for assigned in first {
            let others: Option<Vec<&Assigned<'a>>> = runs
                .iter()
                .map(|run| run.iter().find(|it| it.place.is_same(&assigned.place)))
                .collect();
            let Some(others) = others else {
                self.keep_earlier(assigned, span);
                continue;
            };
            let mut value = assigned.value;
            for other in others {
                value = self.either(other.value.clone(), value, span);
            }
            self.put_at(&assigned.place, value.clone(), span);
            if let Some(outer) = &mut self.assigned {
                note(outer, Assigned { place: assigned.place, value, before: assigned.before });
            }
        }
        let rest: Vec<Assigned<'a>> = runs.into_iter().flatten().collect();
        for assigned in rest {
            self.keep_earlier(assigned, span);
        }
    }

    /// What only some branches assign may be as it was. A function that one of them calls does not
    /// know that.
    fn keep_earlier(&mut self, assigned: Assigned<'a>, span: Span) {
        let (Some(before), Some(now)) = (&assigned.before, self.value_at(&assigned.place)) else {
            return;
        };
        if now.is_same(&assigned.value) {
            let either = self.either(now, before.clone(), span);
            self.put_at(&assigned.place, either, span);
        }
    }

    fn value_at(&self, place: &Place<'a>) -> Option<Value<'a>> {
        match place {
            Place::Variable(scope, name) => scope.find_own(name),
            Place::Binding(module, name) => {
                match &*self.module(*module).bindings.get(name)?.state.borrow() {
                    State::Done(value) => Some(value.clone()),
                    _ => None,
                }
            }
            Place::Property(..) => None,
        }
    }

    fn put_at(&mut self, place: &Place<'a>, value: Value<'a>, span: Span) {
        match place {
            Place::Variable(scope, name) => scope.declare(name.clone(), value),
            Place::Binding(module, name) => {
                if let Some(binding) = self.module(*module).bindings.get(name) {
                    *binding.state.borrow_mut() = State::Done(value);
                }
            }
            Place::Property(object, key) => {
                let mut properties = object.properties.borrow_mut();
                let span = properties.get(key).map_or(span, |it| it.span);
                properties.insert(key.clone(), Property { value, is_getter: false, span });
            }
        }
    }
}

/// The last assignment to a place counts, and what was there before the first.
fn note<'a>(assigned: &mut Vec<Assigned<'a>>, new: Assigned<'a>) {
    match assigned.iter().position(|it| it.place.is_same(&new.place)) {
        Some(known) => assigned[known].value = new.value,
        None if assigned.len() < ASSIGNED_LIMIT => assigned.push(new),
        None => {}
    }
}
