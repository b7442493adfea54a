//! Says of everything that the text mentions what became of it.
//!
//! A [`Trace`] notes what the evaluation comes across. In the end each mention of the text, found by
//! [`mentions`] alone, is looked for in it.

use drift_model::{FileId, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use swc_common::Spanned;
use swc_ecma_ast::{Decl, ModuleDecl, ModuleItem, Stmt, VarDecl};

use crate::collect::CollectedTable;
use crate::drizzle::Table;
use crate::evaluate::Evaluator;
use crate::loading::is_installed;
use crate::mentions::mentions;
use crate::module_graph::{Module, State};
use crate::namespaces;
use crate::packages::Core;
use crate::patterns;
use crate::scope::Scope;
use crate::value::{Code, Value};
use crate::{Extraction, Mention, MentionFate};

/// What an evaluation came across, as far as mentions need it.
#[derive(Default)]
pub(crate) struct Trace<'a> {
    /// Every table that was made.
    pub(crate) tables: Vec<&'a Table<'a>>,
    /// Where something is called by the name of what declares foreign keys, and whether it is a
    /// function of the project's own.
    pub(crate) calls: FxHashMap<(FileId, u32), bool>,
    /// The functions that were made, and whether they were run.
    pub(crate) functions: FxHashMap<Span, bool>,
    /// Functions that are handed to something unknown, and the calls that do so.
    pub(crate) handed_over: Vec<(Span, Span)>,
    /// The sides of conditions that are known not to hold.
    pub(crate) passed_over: Vec<Span>,
    /// Foreign keys that another one of the same name stands for.
    pub(crate) replaced: Vec<Span>,
}

impl<'a> Evaluator<'a> {
    /// Adds to the extraction what became of each mention in the files that were loaded.
    pub(crate) fn account(
        &mut self,
        collected: &[CollectedTable<'a>],
        extraction: &mut Extraction,
    ) {
        let Some(trace) = self.trace.take() else { return };
        let known = Known::new(self, &trace, collected, extraction);
        let mut modules = self.modules.clone();
        modules.retain(|module| !is_installed(module.path));
        modules.sort_by_key(|module| module.path);
        for module in modules {
            for place in mentions(module.text) {
                let span = Span::new(module.file, place.start, place.end);
                let fate = known.fate(module, span, extraction, self.out_of_fuel.is_some());
                extraction.mentions.push(Mention { span, fate });
            }
        }
    }

    /// Notes a call, if it is one by the name of what declares foreign keys.
    pub(crate) fn note_call(&mut self, callee: &Value<'a>, name: Span) {
        let Some(trace) = &mut self.trace else { return };
        let is_own = match callee {
            Value::Function(_) | Value::Object(_) => true,
            Value::ColumnBuilder(_) | Value::Export(..) | Value::Package(_) => false,
            Value::Either(_) | Value::Unknown(_) => false,
            _ => return,
        };
        trace.calls.insert((name.file, name.start), is_own);
    }

    /// Notes a function that is made, or run.
    pub(crate) fn note_function(&mut self, code: Code<'a>, scope: &Scope<'a>, is_run: bool) {
        let span = self.span(scope, code.span());
        if let Some(trace) = &mut self.trace {
            *trace.functions.entry(span).or_default() |= is_run;
        }
    }

    /// Notes the functions among the arguments of a call of something unknown.
    pub(crate) fn note_handed_over(&mut self, arguments: &[Value<'a>], call: Span) {
        if self.trace.is_none() {
            return;
        }
        let functions = arguments.iter().filter_map(|argument| match argument {
            Value::Function(closure) => Some(self.span(&closure.scope, closure.code.span())),
            _ => None,
        });
        let functions: Vec<_> = functions.map(|span| (span, call)).collect();
        if let Some(trace) = &mut self.trace {
            trace.handed_over.extend(functions);
        }
    }

    /// Notes code that a condition leaves out.
    pub(crate) fn note_passed_over(&mut self, span: Span) {
        if let Some(trace) = &mut self.trace {
            trace.passed_over.push(span);
        }
    }
}

/// What is known of places, from a trace and an extraction.
struct Known<'t, 'a> {
    trace: &'t Trace<'a>,
    /// By where a declaration begins.
    fates: FxHashMap<(FileId, u32), MentionFate>,
    /// The extras of tables that are not in the catalog.
    extras: Vec<(Span, MentionFate)>,
}

impl<'t, 'a> Known<'t, 'a> {
    fn new(
        evaluator: &Evaluator<'a>,
        trace: &'t Trace<'a>,
        collected: &[CollectedTable<'a>],
        extraction: &Extraction,
    ) -> Self {
        let mut known = Self { trace, fates: FxHashMap::default(), extras: Vec::new() };
        let kept: FxHashSet<*const Table<'a>> =
            evaluator.without_namesakes(collected).into_iter().map(std::ptr::from_ref).collect();
        for table in &trace.tables {
            let is_kept = kept.contains(&std::ptr::from_ref(*table));
            known.add_table(evaluator, table, is_kept, collected);
        }
        for span in &trace.replaced {
            known.add(*span, MentionFate::Lost);
        }
        for foreign_key in &extraction.catalog.foreign_keys {
            known.add(foreign_key.span, MentionFate::Extracted);
        }
        known
    }

    fn add_table(
        &mut self,
        evaluator: &Evaluator<'a>,
        table: &'a Table<'a>,
        is_kept: bool,
        collected: &[CollectedTable<'a>],
    ) {
        let fate = if is_kept && table.name.is_err() {
            MentionFate::Reported
        } else if is_kept {
            MentionFate::Unaccounted
        } else if table.core != Core::Dialect(evaluator.context.dialect) {
            MentionFate::OtherDialect
        } else if !evaluator.is_of_dialect(table)
            || collected.iter().any(|it| std::ptr::eq(it.table, table))
        {
            MentionFate::Lost
        } else {
            MentionFate::NotExported
        };
        for reference in &table.references {
            self.add(reference.span, fate);
        }
        if let Value::Function(closure) = &table.extras
            && fate != MentionFate::Unaccounted
        {
            let module = evaluator.module(closure.scope.module);
            self.extras.push((module.span(closure.code.span()), fate));
        }
    }

    /// One declaration may stand in several tables: what is best known of it counts.
    fn add(&mut self, span: Span, fate: MentionFate) {
        let known = self.fates.entry((span.file, span.start)).or_insert(fate);
        *known = (*known).min(fate);
    }

    fn fate(
        &self,
        module: &Module<'a>,
        mention: Span,
        extraction: &Extraction,
        is_out_of_fuel: bool,
    ) -> MentionFate {
        let place = (mention.file, mention.start);
        let known = self.fates.get(&place).copied();
        match known {
            // A table that is in no export may be in one that could not be evaluated.
            Some(MentionFate::Unaccounted | MentionFate::NotExported) | None => {}
            Some(fate) => return fate,
        }
        let reported = |within: Span| {
            extraction.unresolved.iter().any(|it| contains(within, it.span))
                || extraction.errors.iter().filter_map(|it| it.span).any(|it| contains(within, it))
        };
        let is_reported = extraction.unresolved.iter().any(|it| contains(it.span, mention));
        if is_reported || is_out_of_fuel {
            return MentionFate::Reported;
        }
        if known == Some(MentionFate::NotExported) {
            return MentionFate::NotExported;
        }
        let item = item_at(module, mention);
        if known.is_some() {
            let is_reported = item.is_some_and(|item| reported(item.span));
            return if is_reported { MentionFate::Reported } else { MentionFate::Unaccounted };
        }
        if let Some((_, fate)) = self.extras.iter().find(|(span, _)| contains(*span, mention)) {
            return *fate;
        }
        match self.trace.calls.get(&place) {
            Some(true) => return MentionFate::OwnFunction,
            // A builder that is in no table, or a constraint that no table takes.
            Some(false) if !item.is_some_and(|item| reported(item.span)) => {
                return MentionFate::Lost;
            }
            Some(false) => return MentionFate::Reported,
            None => {}
        }
        if let Some(fate) = self.fate_of_handed_over(mention, extraction) {
            return fate;
        }
        self.fate_of_code_not_run(item, mention, &reported)
    }

    /// Whoever is unknown and gets a function decides what becomes of it.
    fn fate_of_handed_over(&self, mention: Span, extraction: &Extraction) -> Option<MentionFate> {
        let mut calls =
            self.trace.handed_over.iter().filter(|it| contains(it.0, mention)).peekable();
        calls.peek()?;
        let is_reported = calls.any(|(_, call)| {
            let mut reported = extraction.unresolved.iter().map(|it| it.span);
            reported.any(|it| contains(it, *call) || contains(*call, it))
        });
        Some(if is_reported { MentionFate::Reported } else { MentionFate::Unaccounted })
    }

    fn fate_of_code_not_run(
        &self,
        item: Option<Item>,
        mention: Span,
        reported: &dyn Fn(Span) -> bool,
    ) -> MentionFate {
        let is_idle = |(span, has_run): (&Span, &bool)| !has_run && contains(*span, mention);
        match item {
            Some(item) if item.is_untouched => MentionFate::NotExported,
            _ if self.trace.functions.iter().any(is_idle)
                || self.trace.passed_over.iter().any(|span| contains(*span, mention)) =>
            {
                MentionFate::NotRun
            }
            Some(item) if reported(item.span) => MentionFate::Reported,
            _ => MentionFate::Unaccounted,
        }
    }
}

/// A declaration or statement at the top level of a module.
#[derive(Clone, Copy)]
struct Item {
    span: Span,
    /// Whether nothing ever asked for what it declares.
    is_untouched: bool,
}

fn item_at(module: &Module<'_>, mention: Span) -> Option<Item> {
    let item = module.body.iter().find(|it| contains(module.span(it.span()), mention))?;
    let declaration = match item {
        ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => Some(&export.decl),
        ModuleItem::Stmt(Stmt::Decl(declaration)) => Some(declaration),
        _ => None,
    };
    let span = module.span(item.span());
    Some(match declaration {
        Some(Decl::Var(variables)) => variable_at(module, variables, mention, span),
        Some(Decl::Fn(function)) => {
            Item { span, is_untouched: is_untouched(module, &function.ident.sym) }
        }
        Some(Decl::Class(class)) => {
            Item { span, is_untouched: is_untouched(module, &class.ident.sym) }
        }
        Some(Decl::TsModule(block)) => Item {
            span,
            is_untouched: namespaces::name_of(block).is_some_and(|name| is_untouched(module, name)),
        },
        _ => Item { span, is_untouched: false },
    })
}

fn variable_at(module: &Module<'_>, variables: &VarDecl, mention: Span, span: Span) -> Item {
    let found = variables.decls.iter().find(|it| contains(module.span(it.span), mention));
    let Some(declarator) = found else { return Item { span, is_untouched: false } };
    let mut all_untouched = true;
    patterns::for_each_name(&declarator.name, &mut |name| {
        all_untouched &= is_untouched(module, name);
    });
    Item { span: module.span(declarator.span), is_untouched: all_untouched }
}

fn is_untouched(module: &Module<'_>, name: &swc_atoms::Atom) -> bool {
    let binding = module.bindings.get(name);
    binding.is_some_and(|it| matches!(*it.state.borrow(), State::Untouched))
}

/// Whether a place lies in another.
pub(crate) fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}
