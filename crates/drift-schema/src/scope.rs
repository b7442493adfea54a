//! The bindings of functions and blocks. Those of modules are in [`crate::module_graph`].

use std::cell::RefCell;
use std::rc::Rc;

use swc_atoms::Atom;

use crate::module_graph::ModuleId;
use crate::small_map::SmallMap;
use crate::value::Value;

/// The bindings of one function call or block, within those around it.
pub(crate) struct Scope<'a> {
    pub(crate) module: ModuleId,
    parent: Option<Rc<Scope<'a>>>,
    bindings: RefCell<SmallMap<Value<'a>>>,
}

impl<'a> Scope<'a> {
    /// The outermost scope of a module, which holds nothing itself: see
    /// [`crate::module_graph::Module::bindings`].
    pub(crate) fn of_module(module: ModuleId) -> Rc<Self> {
        Rc::new(Self { module, parent: None, bindings: RefCell::default() })
    }

    pub(crate) fn within(parent: &Rc<Scope<'a>>) -> Rc<Self> {
        Rc::new(Self {
            module: parent.module,
            parent: Some(Rc::clone(parent)),
            bindings: RefCell::default(),
        })
    }

    pub(crate) fn declare(&self, name: Atom, value: Value<'a>) {
        self.bindings.borrow_mut().insert(name, value);
    }

    /// The value of the innermost binding of that name below the module's own.
    pub(crate) fn find(&self, name: &Atom) -> Option<Value<'a>> {
        let mut scope = Some(self);
        while let Some(current) = scope {
            if let Some(value) = current.bindings.borrow().get(name) {
                return Some(value.clone());
            }
            scope = current.parent.as_deref();
        }
        None
    }

    /// Gives the innermost binding of that name another value; false where there is none.
    pub(crate) fn assign(&self, name: &Atom, value: &Value<'a>) -> bool {
        let mut scope = Some(self);
        while let Some(current) = scope {
            let mut bindings = current.bindings.borrow_mut();
            if bindings.contains_key(name) {
                bindings.insert(name.clone(), value.clone());
                return true;
            }
            drop(bindings);
            scope = current.parent.as_deref();
        }
        false
    }
}
