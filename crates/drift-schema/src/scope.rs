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
    /// Whether `var` stays within it.
    is_of_function: bool,
    bindings: RefCell<SmallMap<Value<'a>>>,
}

impl<'a> Scope<'a> {
    /// The outermost scope of a module, which holds nothing itself: see
    /// [`crate::module_graph::Module::bindings`].
    pub(crate) fn of_module(module: ModuleId) -> Rc<Self> {
        Rc::new(Self { module, parent: None, is_of_function: true, bindings: RefCell::default() })
    }

    pub(crate) fn within(parent: &Rc<Scope<'a>>) -> Rc<Self> {
        Self::below(parent, false)
    }

    /// As [`Self::within`], for the body of a function, which `var` does not leave.
    pub(crate) fn within_function(parent: &Rc<Scope<'a>>) -> Rc<Self> {
        Self::below(parent, true)
    }

    fn below(parent: &Rc<Scope<'a>>, is_of_function: bool) -> Rc<Self> {
        Rc::new(Self {
            module: parent.module,
            parent: Some(Rc::clone(parent)),
            is_of_function,
            bindings: RefCell::default(),
        })
    }

    /// Whether this is the outermost scope of a module.
    pub(crate) fn is_of_module(&self) -> bool {
        self.parent.is_none()
    }

    /// The scope that a `var` in this one belongs to.
    pub(crate) fn of_var(self: &Rc<Self>) -> Rc<Self> {
        let mut scope = self;
        while !scope.is_of_function {
            match &scope.parent {
                // At the top level of a module, the block itself has to do.
                Some(parent) if parent.parent.is_none() => break,
                Some(parent) => scope = parent,
                None => break,
            }
        }
        Rc::clone(scope)
    }

    /// The value of a binding of this very scope.
    pub(crate) fn find_own(&self, name: &Atom) -> Option<Value<'a>> {
        self.bindings.borrow().get(name).cloned()
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

    /// The innermost scope that binds a name.
    pub(crate) fn owner(self: &Rc<Self>, name: &Atom) -> Option<Rc<Self>> {
        let mut scope = self;
        loop {
            if scope.bindings.borrow().contains_key(name) {
                return Some(Rc::clone(scope));
            }
            scope = scope.parent.as_ref()?;
        }
    }

    /// How many names it binds.
    pub(crate) fn len(&self) -> usize {
        self.bindings.borrow().len()
    }

    /// Another scope with the same bindings, for the next turn of a loop.
    pub(crate) fn next_turn(&self) -> Rc<Self> {
        Rc::new(Self {
            module: self.module,
            parent: self.parent.clone(),
            is_of_function: self.is_of_function,
            bindings: self.bindings.clone(),
        })
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
