//! Destructuring.

use std::rc::Rc;

use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{ArrayPat, Expr, ObjectPat, ObjectPatProp, Pat};

use crate::evaluate::Evaluator;
use crate::scope::Scope;
use crate::value::{Global, Properties, Property, Value};

/// Receives each name that a pattern binds, with its value.
pub(crate) type Bind<'b, 'a> = &'b mut dyn FnMut(&mut Evaluator<'a>, &Atom, Value<'a>);

impl<'a> Evaluator<'a> {
    /// Binds the names of a pattern in a scope.
    pub(crate) fn declare_pattern(
        &mut self,
        pattern: &'a Pat,
        value: Value<'a>,
        scope: &Rc<Scope<'a>>,
    ) {
        let target = Rc::clone(scope);
        self.destructure(pattern, value, scope, &mut |_, name, value| {
            target.declare(name.clone(), value);
        });
    }

    /// Takes a value apart as a pattern says. Defaults are evaluated in `scope`.
    pub(crate) fn destructure(
        &mut self,
        pattern: &'a Pat,
        value: Value<'a>,
        scope: &Rc<Scope<'a>>,
        bind: Bind<'_, 'a>,
    ) {
        match pattern {
            Pat::Ident(name) => bind(self, &name.id.sym, value),
            Pat::Assign(assign) => {
                let value = self.or_default(value, &assign.right, scope);
                self.destructure(&assign.left, value, scope, bind);
            }
            Pat::Array(array) => self.destructure_array(array, &value, scope, bind),
            Pat::Object(object) => self.destructure_object(object, &value, scope, bind),
            Pat::Rest(rest) => self.destructure(&rest.arg, value, scope, bind),
            Pat::Expr(target) => self.assign_to_expression(target, &value, scope),
            Pat::Invalid(_) => {}
        }
    }

    pub(crate) fn destructure_array(
        &mut self,
        array: &'a ArrayPat,
        value: &Value<'a>,
        scope: &Rc<Scope<'a>>,
        bind: Bind<'_, 'a>,
    ) {
        let items = match value {
            Value::Native(_) => self.items_of(value).map(|items| self.arena.array(items)),
            _ => None,
        };
        let value = items.as_ref().unwrap_or(value);
        for (position, element) in array.elems.iter().enumerate() {
            let Some(element) = element else { continue };
            if let Pat::Rest(rest) = element {
                let rest_value = self.items_from(value, position);
                self.destructure(&rest.arg, rest_value, scope, bind);
            } else {
                let span = self.span(scope, element.span());
                let item = self.property(value, &Atom::from(position.to_string()), span);
                self.destructure(element, item, scope, bind);
            }
        }
    }

    pub(crate) fn destructure_object(
        &mut self,
        object: &'a ObjectPat,
        value: &Value<'a>,
        scope: &Rc<Scope<'a>>,
        bind: Bind<'_, 'a>,
    ) {
        let mut taken = Vec::new();
        for prop in &object.props {
            self.destructure_property(prop, value, &mut taken, scope, bind);
        }
    }

    fn destructure_property(
        &mut self,
        prop: &'a ObjectPatProp,
        value: &Value<'a>,
        taken: &mut Vec<Atom>,
        scope: &Rc<Scope<'a>>,
        bind: Bind<'_, 'a>,
    ) {
        let span = self.span(scope, prop.span());
        match prop {
            ObjectPatProp::Assign(prop) => {
                let key = &prop.key.id.sym;
                let mut item = self.property(value, key, span);
                if let Some(default) = &prop.value {
                    item = self.or_default(item, default, scope);
                }
                taken.push(key.clone());
                bind(self, key, item);
            }
            ObjectPatProp::KeyValue(prop) => {
                let item = match self.property_name(&prop.key, scope) {
                    Some(key) => {
                        let item = self.property(value, &key, span);
                        taken.push(key);
                        item
                    }
                    None => self.arena.unknown("which property this takes is not known", span),
                };
                self.destructure(&prop.value, item, scope, bind);
            }
            ObjectPatProp::Rest(rest) => {
                let rest_value = self.without(value, taken);
                self.destructure(&rest.arg, rest_value, scope, bind);
            }
        }
    }

    fn or_default(
        &mut self,
        value: Value<'a>,
        default: &'a Expr,
        scope: &Rc<Scope<'a>>,
    ) -> Value<'a> {
        match value {
            Value::Undefined => self.evaluate(default, scope),
            Value::Unknown(unknown) if unknown.is_unset => self.evaluate(default, scope),
            value => value,
        }
    }

    fn items_from(&mut self, value: &Value<'a>, start: usize) -> Value<'a> {
        match value {
            Value::Array(array) => {
                let rest = array.items.borrow().iter().skip(start).cloned().collect();
                self.arena.array(rest)
            }
            Value::String(_) => {
                let items = self.items_of(value).unwrap_or_default();
                self.arena.array(items.into_iter().skip(start).collect())
            }
            Value::Unknown(unknown) => Value::Unknown(unknown),
            _ => self.arena.array(Vec::new()),
        }
    }

    fn without(&mut self, value: &Value<'a>, taken: &[Atom]) -> Value<'a> {
        match value {
            Value::Object(object) => {
                let rest: Properties<'a> = object
                    .properties
                    .borrow()
                    .iter()
                    .filter(|(key, _)| !taken.contains(key))
                    .map(|(key, property)| (key.clone(), property.clone()))
                    .collect();
                let rest = self.arena.object(rest);
                rest.unknown_part.set(object.unknown_part.get());
                Value::Object(rest)
            }
            Value::Table(table) => {
                let rest: Properties<'a> = table
                    .columns
                    .iter()
                    .filter(|(key, _)| !taken.contains(key))
                    .map(|(key, column)| {
                        let value = Value::Column(column);
                        (key.clone(), Property { value, is_getter: false, span: column.span })
                    })
                    .collect();
                Value::Object(self.arena.object(rest))
            }
            // `({ integer, ...columns }) => ..`: nobody asks for what was taken already.
            Value::Unknown(_) | Value::Global(Global::Environment) | Value::Package(_) => {
                value.clone()
            }
            _ => Value::Object(self.arena.object(Properties::default())),
        }
    }
}

/// Whether a pattern is just a name.
pub(crate) fn is_name(pattern: &Pat) -> bool {
    matches!(pattern, Pat::Ident(_))
}

/// Calls `visit` with each name that a pattern binds.
pub(crate) fn for_each_name(pattern: &Pat, visit: &mut dyn FnMut(&Atom)) {
    match pattern {
        Pat::Ident(name) => visit(&name.id.sym),
        Pat::Assign(assign) => for_each_name(&assign.left, visit),
        Pat::Array(array) => for_each_name_of_array(array, visit),
        Pat::Object(object) => for_each_name_of_object(object, visit),
        Pat::Rest(rest) => for_each_name(&rest.arg, visit),
        Pat::Expr(_) | Pat::Invalid(_) => {}
    }
}

/// As [`for_each_name`].
pub(crate) fn for_each_name_of_array(array: &ArrayPat, visit: &mut dyn FnMut(&Atom)) {
    array.elems.iter().flatten().for_each(|element| for_each_name(element, visit));
}

/// As [`for_each_name`].
pub(crate) fn for_each_name_of_object(object: &ObjectPat, visit: &mut dyn FnMut(&Atom)) {
    for prop in &object.props {
        match prop {
            ObjectPatProp::Assign(prop) => visit(&prop.key.id.sym),
            ObjectPatProp::KeyValue(prop) => for_each_name(&prop.value, visit),
            ObjectPatProp::Rest(rest) => for_each_name(&rest.arg, visit),
        }
    }
}

/// An expression without the parentheses and type annotations around it.
pub(crate) fn without_types(expr: &Expr) -> &Expr {
    expr.unwrap_with(|expr| match expr {
        Expr::Paren(it) => Some(&it.expr),
        Expr::TsAs(it) => Some(&it.expr),
        Expr::TsSatisfies(it) => Some(&it.expr),
        Expr::TsNonNull(it) => Some(&it.expr),
        Expr::TsConstAssertion(it) => Some(&it.expr),
        Expr::TsTypeAssertion(it) => Some(&it.expr),
        Expr::TsInstantiation(it) => Some(&it.expr),
        _ => None,
    })
}
