//! Namespaces of TypeScript, which are objects made by code that runs where they stand.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{
    Decl, ModuleDecl, ModuleItem, Stmt, TsEntityName, TsImportEqualsDecl, TsModuleDecl,
    TsModuleName, TsModuleRef, TsNamespaceBody,
};

use crate::evaluate::Evaluator;
use crate::patterns;
use crate::scope::Scope;
use crate::value::{Code, Object, Properties, Property, Value};

impl<'a> Evaluator<'a> {
    /// The object that the namespaces of one name make together, or add to what has that name.
    pub(crate) fn namespace(
        &mut self,
        blocks: &[&'a TsModuleDecl],
        base: Option<Value<'a>>,
        scope: &Rc<Scope<'a>>,
    ) -> Value<'a> {
        let (value, object) = match base {
            Some(Value::Object(object)) => (Value::Object(object), object),
            Some(Value::Function(closure)) => {
                (Value::Function(closure), self.parts(closure).statics)
            }
            Some(other) => return other,
            None => {
                let object = self.arena.object(Properties::default());
                (Value::Object(object), object)
            }
        };
        for block in blocks {
            let inner = Scope::within_function(scope);
            if let TsModuleName::Ident(name) = &block.id {
                inner.declare(name.sym.clone(), value.clone());
            }
            if let Some(body) = &block.body {
                self.namespace_body(body, object, &inner);
            }
        }
        value
    }

    fn namespace_body(
        &mut self,
        body: &'a TsNamespaceBody,
        object: &'a Object<'a>,
        scope: &Rc<Scope<'a>>,
    ) {
        let span = self.span(scope, body.span());
        if self.spend(1, span).is_err() {
            return;
        }
        self.nested(span, |this| {
            match body {
                TsNamespaceBody::TsModuleBlock(block) => {
                    this.namespace_items(&block.body, object, scope);
                }
                // `namespace a.b { .. }`
                TsNamespaceBody::TsNamespaceDecl(inner) => {
                    let scope = Scope::within(scope);
                    let (value, part) = this.part(object, &inner.id.sym, span);
                    scope.declare(inner.id.sym.clone(), value);
                    this.namespace_body(&inner.body, part, &scope);
                }
            }
            Value::Undefined
        });
    }

    /// The namespace of a name in another one; made where it is not there.
    fn part(
        &mut self,
        object: &'a Object<'a>,
        name: &Atom,
        span: Span,
    ) -> (Value<'a>, &'a Object<'a>) {
        let known = object.properties.borrow().get(name).map(|it| it.value.clone());
        if let Some(Value::Object(part)) = known {
            return (Value::Object(part), part);
        }
        let part = self.arena.object(Properties::default());
        let property = Property { value: Value::Object(part), is_getter: false, span };
        object.properties.borrow_mut().insert(name.clone(), property);
        (Value::Object(part), part)
    }

    fn namespace_items(
        &mut self,
        items: &'a [ModuleItem],
        object: &'a Object<'a>,
        scope: &Rc<Scope<'a>>,
    ) {
        // What an earlier block of the same namespace exports is known here by its bare name.
        let earlier: Vec<(Atom, Value<'a>)> = object
            .properties
            .borrow()
            .iter()
            .map(|(name, property)| (name.clone(), property.value.clone()))
            .collect();
        for (name, value) in earlier {
            scope.declare(name, value);
        }
        for declaration in items.iter().filter_map(declaration_of) {
            if let Decl::Fn(function) = declaration {
                let closure = self.closure(Code::Function(&function.function), scope);
                scope.declare(function.ident.sym.clone(), closure);
            }
        }
        let mut exported = Vec::new();
        for item in items {
            let span = self.span(scope, item.span());
            match item {
                ModuleItem::Stmt(Stmt::Decl(Decl::TsModule(block))) => {
                    self.inner_namespace(block, scope);
                }
                ModuleItem::Stmt(statement) => _ = self.statement(statement, scope),
                ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => {
                    let first = exported.len();
                    match &export.decl {
                        Decl::TsModule(block) => {
                            self.inner_namespace(block, scope);
                            exported.extend(name_of(block).cloned());
                        }
                        declaration => {
                            self.declare(declaration, scope);
                            names_of(declaration, &mut exported);
                        }
                    }
                    // Functions that run before the end see what is exported so far.
                    for name in &exported[first..] {
                        self.export_from_namespace(object, name, span, scope);
                    }
                }
                ModuleItem::ModuleDecl(ModuleDecl::TsImportEquals(import)) => {
                    if let Some(value) = self.import_alias(import, scope) {
                        scope.declare(import.id.sym.clone(), value);
                    }
                    if import.is_export {
                        exported.push(import.id.sym.clone());
                        self.export_from_namespace(object, &import.id.sym, span, scope);
                    }
                }
                ModuleItem::ModuleDecl(_) => {}
            }
        }
        // Variables may have been given other values since.
        for name in exported {
            let span = self.span(scope, items.first().map_or_else(Default::default, Spanned::span));
            self.export_from_namespace(object, &name, span, scope);
        }
    }

    fn export_from_namespace(
        &mut self,
        object: &'a Object<'a>,
        name: &Atom,
        span: Span,
        scope: &Rc<Scope<'a>>,
    ) {
        let Some(value) = scope.find_own(name) else { return };
        let mut properties = object.properties.borrow_mut();
        let span = properties.get(name).map_or(span, |it| it.span);
        properties.insert(name.clone(), Property { value, is_getter: false, span });
    }

    fn inner_namespace(&mut self, block: &'a TsModuleDecl, scope: &Rc<Scope<'a>>) {
        if let Some(name) = name_of(block) {
            let base = scope.find_own(name);
            let value = self.namespace(&[block], base, scope);
            scope.declare(name.clone(), value);
        }
    }

    /// The value of `import a = b.c`.
    pub(crate) fn import_alias(
        &mut self,
        import: &'a TsImportEqualsDecl,
        scope: &Rc<Scope<'a>>,
    ) -> Option<Value<'a>> {
        match &import.module_ref {
            TsModuleRef::TsEntityName(name) if !import.is_type_only => {
                Some(self.entity(name, scope))
            }
            _ => None,
        }
    }

    pub(crate) fn entity(&mut self, entity: &'a TsEntityName, scope: &Rc<Scope<'a>>) -> Value<'a> {
        match entity {
            TsEntityName::Ident(name) => self.identifier(name, scope),
            TsEntityName::TsQualifiedName(name) => {
                let span = self.span(scope, name.span);
                if let Err(unknown) = self.spend(1, span) {
                    return unknown;
                }
                self.nested(span, |this| {
                    let left = this.entity(&name.left, scope);
                    this.property(&left, &name.right.sym, span)
                })
            }
        }
    }
}

/// The name of a namespace that makes something.
pub(crate) fn name_of(block: &TsModuleDecl) -> Option<&Atom> {
    match &block.id {
        TsModuleName::Ident(name) if !block.declare && !block.global => Some(&name.sym),
        _ => None,
    }
}

fn declaration_of(item: &ModuleItem) -> Option<&Decl> {
    match item {
        ModuleItem::Stmt(Stmt::Decl(declaration)) => Some(declaration),
        ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => Some(&export.decl),
        _ => None,
    }
}

fn names_of(declaration: &Decl, names: &mut Vec<Atom>) {
    match declaration {
        Decl::Var(variables) => {
            for declarator in &variables.decls {
                patterns::for_each_name(&declarator.name, &mut |name| names.push(name.clone()));
            }
        }
        Decl::Fn(function) => names.push(function.ident.sym.clone()),
        Decl::Class(class) => names.push(class.ident.sym.clone()),
        Decl::TsEnum(declaration) => names.push(declaration.id.sym.clone()),
        _ => {}
    }
}
