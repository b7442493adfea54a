//! Classes: their instances, what they inherit, and functions that are called with `new`.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{
    CallExpr, Class, ClassMember, Constructor, Expr, Function, Ident, Key, MethodKind, NewExpr,
    ParamOrTsParamProp, Pat, PropName, SuperProp, TsParamProp, TsParamPropParam,
};

use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::scope::Scope;
use crate::value::{Closure, Code, Global, Object, Properties, Property, Unknown, Value};

/// What a function has besides its code: as an object, and as a class.
pub(crate) struct FunctionParts<'a> {
    /// Its own properties; those of a class are found on the classes that extend it as well.
    pub(crate) statics: &'a Object<'a>,
    /// What its instances inherit.
    pub(crate) prototype: &'a Object<'a>,
    superclass: Option<&'a Closure<'a>>,
    /// Where methods, constructors and fields of instances run.
    scope: Rc<Scope<'a>>,
    /// Why its instances are not known, where that is so.
    unknown: Option<&'a Unknown<'a>>,
}

/// The object on whose prototype `super` is looked up; no identifier is spelt like this.
const HOME: &str = "*home*";

/// As [`HOME`], for the class whose code runs.
const CLASS: &str = "*class*";

impl<'a> Evaluator<'a> {
    /// A class, which its own code knows by its name.
    pub(crate) fn class(
        &mut self,
        class: &'a Class,
        name: Option<&Atom>,
        scope: &Rc<Scope<'a>>,
    ) -> Value<'a> {
        let scope = Scope::within(scope);
        let value = self.closure(Code::Class(class), &scope);
        if let Some(name) = name {
            scope.declare(name.clone(), value.clone());
        }
        let runs_code = class.body.iter().any(|member| match member {
            ClassMember::StaticBlock(_) => true,
            ClassMember::ClassProp(it) => it.is_static && it.value.is_some(),
            ClassMember::PrivateProp(it) => it.is_static,
            _ => false,
        });
        if runs_code && let Value::Function(closure) = &value {
            self.parts(closure);
        }
        value
    }

    /// A class expression; its name is known to itself alone.
    pub(crate) fn class_expression(
        &mut self,
        class: &'a Class,
        name: Option<&Ident>,
        scope: &Rc<Scope<'a>>,
    ) -> Value<'a> {
        self.class(class, name.map(|it| &it.sym), scope)
    }

    /// What a function has as an object; made when it is first asked for.
    pub(crate) fn parts(&mut self, closure: &'a Closure<'a>) -> &'a FunctionParts<'a> {
        if let Some(parts) = closure.parts.get() {
            return parts;
        }
        let scope = Scope::within(&closure.scope);
        let (prototype, statics) =
            (self.arena.object(Properties::default()), self.arena.object(Properties::default()));
        let (mut superclass, mut unknown) = (None, None);
        if let Code::Class(class) = closure.code
            && let Some(expr) = &class.super_class
        {
            match self.superclass(expr, &closure.scope) {
                Ok(parent) => superclass = parent,
                Err(reason) => {
                    unknown = Some(reason);
                    prototype.unknown_part.set(unknown);
                    statics.unknown_part.set(unknown);
                }
            }
        }
        if let Some(parent) = superclass {
            self.depth += 1;
            let parent = self.parts(parent);
            self.depth -= 1;
            unknown = parent.unknown;
            prototype.prototype.set(Some(parent.prototype));
            statics.prototype.set(Some(parent.statics));
        }
        scope.declare(Atom::from(HOME), Value::Object(prototype));
        scope.declare(Atom::from(CLASS), Value::Function(closure));
        let span = self.span(&closure.scope, closure.code.span());
        let constructor = Property { value: Value::Function(closure), is_getter: false, span };
        self.define_hidden(prototype, Atom::from("constructor"), constructor);
        let parts = FunctionParts { statics, prototype, superclass, scope, unknown };
        // Members may name earlier ones through the class, so that it is there from the start.
        let parts = closure.parts.get_or_init(|| self.arena.function_parts.alloc(parts));
        if let Code::Class(class) = closure.code {
            self.define_members(class, closure, parts);
        }
        parts
    }

    fn superclass(
        &mut self,
        expr: &'a Expr,
        scope: &Rc<Scope<'a>>,
    ) -> Result<Option<&'a Closure<'a>>, &'a Unknown<'a>> {
        let span = self.span(scope, expr.span());
        match self.evaluate(expr, scope) {
            Value::Function(closure) if self.depth < super::evaluate::DEPTH_LIMIT => {
                Ok(Some(closure))
            }
            Value::Null | Value::Global(Global::Object) => Ok(None),
            Value::Unknown(unknown) => Err(unknown),
            _ => {
                let reason = "the class that this one extends is not known".to_owned();
                Err(self.arena.unknowns.alloc(Unknown::new(reason, span)))
            }
        }
    }

    fn define_members(
        &mut self,
        class: &'a Class,
        closure: &'a Closure<'a>,
        parts: &'a FunctionParts<'a>,
    ) {
        if self.trace.is_some() {
            self.note_function(closure.code, &closure.scope, true);
        }
        self.name_private_members(class, parts);
        let of_class = Scope::within(&parts.scope);
        of_class.declare(Atom::from("this"), Value::Function(closure));
        of_class.declare(Atom::from(HOME), Value::Object(parts.statics));
        for member in &class.body {
            match member {
                ClassMember::Method(it) => {
                    let key = self.property_name(&it.key, &parts.scope);
                    let home = if it.is_static { &of_class } else { &parts.scope };
                    let home = (home, if it.is_static { parts.statics } else { parts.prototype });
                    self.define_method(key, &it.function, it.kind, home);
                }
                ClassMember::PrivateMethod(it) => {
                    let key = self.private_key(&it.key.name, &parts.scope);
                    let home = if it.is_static { &of_class } else { &parts.scope };
                    let home = (home, if it.is_static { parts.statics } else { parts.prototype });
                    self.define_method(key, &it.function, it.kind, home);
                }
                _ => {}
            }
        }
        for member in &class.body {
            if let ClassMember::StaticBlock(block) = member {
                self.statements(&block.body.stmts, &Scope::within(&of_class));
            } else if is_static_field(member) {
                self.define_field(member, parts.statics, &of_class);
            }
        }
    }

    /// Gives each private name of a class a key that no other class has.
    fn name_private_members(&mut self, class: &'a Class, parts: &'a FunctionParts<'a>) {
        for member in &class.body {
            let name = match member {
                ClassMember::PrivateMethod(it) => &it.key.name,
                ClassMember::PrivateProp(it) => &it.key.name,
                ClassMember::AutoAccessor(it) => match &it.key {
                    Key::Private(name) => &name.name,
                    Key::Public(_) => continue,
                },
                _ => continue,
            };
            let local = private_name(name);
            if parts.scope.find_own(&local).is_none() {
                self.private_names += 1;
                let key = format!("\0{}#{name}", self.private_names);
                parts.scope.declare(local, Value::string(key));
            }
        }
    }

    /// The key under which a private name is kept where it is used.
    pub(crate) fn private_key(&mut self, name: &Atom, scope: &Rc<Scope<'a>>) -> Option<Atom> {
        scope.find(&private_name(name)).and_then(|key| key.to_text())
    }

    fn define_method(
        &mut self,
        key: Option<Atom>,
        function: &'a Function,
        kind: MethodKind,
        (scope, object): (&Rc<Scope<'a>>, &'a Object<'a>),
    ) {
        // A signature without a body belongs to the method that follows, or is abstract.
        if function.body.is_none() {
            return;
        }
        let span = self.span(scope, function.span);
        let value = self.closure(Code::Function(function), scope);
        let is_getter = kind == MethodKind::Getter;
        match key {
            Some(key) if kind == MethodKind::Setter => self.define_setter(object, key, value),
            Some(key) => self.define_hidden(object, key, Property { value, is_getter, span }),
            None => {
                let reason = "the name of this method is not known".to_owned();
                let unknown = self.arena.unknowns.alloc(Unknown::new(reason, span));
                object.unknown_part.set(Some(unknown));
            }
        }
    }

    /// Gives an object the field that a class says, static or not.
    fn define_field(
        &mut self,
        member: &'a ClassMember,
        object: &'a Object<'a>,
        scope: &Rc<Scope<'a>>,
    ) {
        let (key, value) = match member {
            ClassMember::ClassProp(it) => (FieldKey::Public(&it.key), &it.value),
            ClassMember::PrivateProp(it) => (FieldKey::Private(&it.key.name), &it.value),
            ClassMember::AutoAccessor(it) => match &it.key {
                Key::Public(key) => (FieldKey::Public(key), &it.value),
                Key::Private(name) => (FieldKey::Private(&name.name), &it.value),
            },
            _ => return,
        };
        let span = self.span(scope, member.span());
        let (key, is_hidden) = match key {
            FieldKey::Public(key) => (self.property_name(key, scope), false),
            FieldKey::Private(name) => (self.private_key(name, scope), true),
        };
        let Some(key) = key else {
            let reason = "the name of this field is not known".to_owned();
            object.unknown_part.set(Some(self.arena.unknowns.alloc(Unknown::new(reason, span))));
            return;
        };
        let value = match value {
            Some(value) => self.evaluate(value, scope),
            // Whether the mere declaration of a field undoes what is there depends on the compiler.
            None if object.properties.borrow().contains_key(&key) => return,
            None => Value::Undefined,
        };
        let property = Property { value, is_getter: false, span };
        if is_hidden {
            self.define_hidden(object, key, property);
        } else {
            object.properties.borrow_mut().insert(key, property);
        }
    }

    /// `new callee(..arguments)`
    pub(crate) fn new_instance(
        &mut self,
        new: &'a NewExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let callee = self.evaluate(&new.callee, scope);
        let mut arguments = Vec::new();
        for argument in new.args.iter().flatten() {
            if let Err(unknown) = self.push_element(argument, scope, &mut arguments) {
                return unknown;
            }
        }
        let first_argument =
            new.args.iter().flatten().next().map(|it| self.span(scope, it.expr.span()));
        let name = self.span(scope, new.callee.span());
        self.construct(&callee, arguments, CallSite { span, name, first_argument })
    }

    pub(crate) fn construct(
        &mut self,
        callee: &Value<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        match callee {
            Value::Function(closure) if !matches!(closure.code, Code::Arrow(_)) => {
                let parts = self.parts(closure);
                if let Some(unknown) = parts.unknown {
                    return self.unknown_call(unknown, &arguments, site);
                }
                let instance = self.arena.object(Properties::default());
                instance.prototype.set(Some(parts.prototype));
                self.construct_into(closure, Value::Object(instance), arguments, site)
            }
            Value::Global(global) => self.construct_global(*global, &arguments, site),
            Value::Unknown(unknown) => self.unknown_call(unknown, &arguments, site),
            Value::Either(either) => {
                let first = self.construct(&either.first, arguments.clone(), site);
                let second = self.construct(&either.second, arguments, site);
                self.either(first, second, site.span)
            }
            _ => self.arena.unknown("the instance of a class is not evaluated", site.span),
        }
    }

    /// Runs the constructor of a class on an instance; the instance, or what it returns instead.
    fn construct_into(
        &mut self,
        closure: &'a Closure<'a>,
        this: Value<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        if let Err(unknown) = self.spend(1 + arguments.len() as u64, site.span) {
            return unknown;
        }
        let Code::Class(class) = closure.code else {
            let returned = self.call_closure(closure, arguments, site, Some(this.clone()));
            return if is_object(&returned) { returned } else { this };
        };
        self.nested(site.span, |evaluator| {
            let in_function = std::mem::take(&mut evaluator.doubt.in_function);
            let value = evaluator.run_constructor(closure, class, this, arguments, site);
            evaluator.doubt.in_function = in_function;
            value
        })
    }

    fn run_constructor(
        &mut self,
        closure: &'a Closure<'a>,
        class: &'a Class,
        this: Value<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        let parts = self.parts(closure);
        let this_name = Atom::from("this");
        let scope = Scope::within_function(&parts.scope);
        scope.declare(this_name.clone(), this.clone());
        let Some((constructor, body)) = constructor_of(class) else {
            let this = match parts.superclass {
                Some(parent) => self.construct_into(parent, this, arguments, site),
                None => this,
            };
            scope.assign(&this_name, &this);
            self.define_fields(class, None, &scope);
            return this;
        };
        let mut arguments = arguments.into_iter();
        for parameter in &constructor.params {
            match parameter {
                ParamOrTsParamProp::Param(it) => {
                    let value = match &it.pat {
                        Pat::Rest(_) => self.arena.array(arguments.by_ref().collect()),
                        _ => arguments.next().unwrap_or(Value::Undefined),
                    };
                    self.declare_pattern(&it.pat, value, &scope);
                }
                ParamOrTsParamProp::TsParamProp(it) => {
                    let value = arguments.next().unwrap_or(Value::Undefined);
                    self.declare_parameter_property(it, value, &scope);
                }
            }
        }
        if class.super_class.is_none() {
            self.define_fields(class, Some(constructor), &scope);
        }
        let returned = self.run_body(&body.stmts, &scope);
        if is_object(&returned) || matches!(returned, Value::Unknown(_)) {
            return returned;
        }
        scope.find(&this_name).unwrap_or(this)
    }

    /// Binds `constructor(private name = "x")` as the parameter that it is as well.
    fn declare_parameter_property(
        &mut self,
        property: &'a TsParamProp,
        value: Value<'a>,
        scope: &Rc<Scope<'a>>,
    ) {
        match &property.param {
            TsParamPropParam::Ident(name) => scope.declare(name.id.sym.clone(), value),
            TsParamPropParam::Assign(assign) => {
                let value = match value {
                    Value::Undefined => self.evaluate(&assign.right, scope),
                    value => value,
                };
                self.declare_pattern(&assign.left, value, scope);
            }
        }
    }

    /// Gives `this` the parameters that are properties, and the fields of the class.
    fn define_fields(
        &mut self,
        class: &'a Class,
        constructor: Option<&'a Constructor>,
        scope: &Rc<Scope<'a>>,
    ) {
        let Some(Value::Object(this)) = scope.find(&Atom::from("this")) else { return };
        for parameter in constructor.iter().flat_map(|it| &it.params) {
            let ParamOrTsParamProp::TsParamProp(it) = parameter else { continue };
            let Some(name) = name_of(it) else { continue };
            let span = self.span(scope, it.span);
            let value = scope.find(name).unwrap_or(Value::Undefined);
            let property = Property { value, is_getter: false, span };
            this.properties.borrow_mut().insert(name.clone(), property);
        }
        for member in &class.body {
            if is_field(member) && !is_static_field(member) {
                // A field sees no parameter.
                let Some(Value::Function(closure)) = scope.find(&Atom::from(CLASS)) else { return };
                let inner = Scope::within(&self.parts(closure).scope);
                inner.declare(Atom::from("this"), Value::Object(this));
                self.define_field(member, this, &inner);
            }
        }
    }

    /// `super(..)`
    pub(crate) fn super_call(
        &mut self,
        call: &'a CallExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let this_name = Atom::from("this");
        let (Some(Value::Function(closure)), Some(this)) =
            (scope.find(&Atom::from(CLASS)), scope.find(&this_name))
        else {
            return self.arena.unknown("`super` is not known here", span);
        };
        let mut arguments = Vec::new();
        for argument in &call.args {
            if let Err(unknown) = self.push_element(argument, scope, &mut arguments) {
                return unknown;
            }
        }
        let first_argument = call.args.first().map(|it| self.span(scope, it.expr.span()));
        let site = CallSite { span, name: span, first_argument };
        let this = match self.parts(closure).superclass {
            Some(parent) => self.construct_into(parent, this, arguments, site),
            None => this,
        };
        scope.assign(&this_name, &this);
        if let Code::Class(class) = closure.code {
            let constructor = constructor_of(class).map(|(constructor, _)| constructor);
            self.define_fields(class, constructor, scope);
        }
        this
    }

    /// `super.name`
    pub(crate) fn super_property(
        &mut self,
        prop: &'a SuperProp,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let key = match prop {
            SuperProp::Ident(name) => Some(name.sym.clone()),
            SuperProp::Computed(computed) => self.evaluate(&computed.expr, scope).to_text(),
        };
        let (Some(Value::Object(home)), Some(key)) = (scope.find(&Atom::from(HOME)), key) else {
            return self.arena.unknown("`super` is not known here", span);
        };
        let this = scope.find(&Atom::from("this")).unwrap_or(Value::Undefined);
        self.inherited(home, &key, &this)
    }

    /// `value instanceof class`, where it is known.
    pub(crate) fn is_instance(&mut self, value: &Value<'a>, class: &Value<'a>) -> Option<bool> {
        match (value, class) {
            (
                Value::Undefined
                | Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_),
                Value::Function(_) | Value::Global(_) | Value::Export(..),
            ) => Some(false),
            (Value::Object(object), Value::Function(closure)) => {
                let prototype = self.parts(closure).prototype;
                let mut next = object.prototype.get();
                while let Some(current) = next {
                    if std::ptr::eq(current, prototype) {
                        return Some(true);
                    }
                    if current.unknown_part.get().is_some() {
                        return None;
                    }
                    next = current.prototype.get();
                }
                Some(false)
            }
            (Value::Array(_) | Value::Table(_) | Value::Column(_), Value::Function(_)) => {
                Some(false)
            }
            (Value::Array(_), Value::Global(global)) => {
                Some(matches!(global, Global::Array | Global::Object))
            }
            (Value::Native(native), Value::Global(global)) => Some(native.is_instance(*global)),
            (Value::Object(_) | Value::Table(_) | Value::Column(_), Value::Global(global)) => {
                Some(*global == Global::Object)
            }
            _ => None,
        }
    }
}

enum FieldKey<'a> {
    Public(&'a PropName),
    Private(&'a Atom),
}

/// Under which name a scope keeps the key of a private name.
fn private_name(name: &Atom) -> Atom {
    Atom::from(format!("#{name}"))
}

fn is_object(value: &Value<'_>) -> bool {
    let is_primitive = matches!(
        value,
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)
    );
    !is_primitive && !matches!(value, Value::Unknown(_) | Value::Opaque)
}

fn is_field(member: &ClassMember) -> bool {
    match member {
        ClassMember::ClassProp(it) => !it.declare && !it.is_abstract,
        ClassMember::PrivateProp(_) | ClassMember::AutoAccessor(_) => true,
        _ => false,
    }
}

fn is_static_field(member: &ClassMember) -> bool {
    is_field(member)
        && match member {
            ClassMember::ClassProp(it) => it.is_static,
            ClassMember::PrivateProp(it) => it.is_static,
            ClassMember::AutoAccessor(it) => it.is_static,
            _ => false,
        }
}

/// The constructor that has a body; those without are signatures.
fn constructor_of(class: &Class) -> Option<(&Constructor, &swc_ecma_ast::FunctionBody)> {
    class.body.iter().find_map(|member| match member {
        ClassMember::Constructor(it) => Some((it, it.body.as_ref()?)),
        _ => None,
    })
}

fn name_of(property: &TsParamProp) -> Option<&Atom> {
    match &property.param {
        TsParamPropParam::Ident(name) => Some(&name.id.sym),
        TsParamPropParam::Assign(assign) => match &*assign.left {
            Pat::Ident(name) => Some(&name.id.sym),
            _ => None,
        },
    }
}
