//! Which bindings a statement changes, so that it can be run when they are needed.

use swc_atoms::Atom;
use swc_ecma_ast::{
    ArrowExpr, ArrowFunctionBody, AssignTarget, AssignTargetPat, CallExpr, Callee, Expr,
    MemberProp, SimpleAssignTarget, Stmt, UnaryOp,
};

use crate::patterns;

/// Calls `visit` with the names whose values a statement may change: by assignment, by a method,
/// by `Object.assign`, or by a function that is given them.
pub(crate) fn for_each_changed_name(statement: &Stmt, visit: &mut dyn FnMut(&Atom)) {
    match statement {
        Stmt::Expr(statement) => in_expression(&statement.expr, visit),
        Stmt::Block(block) => in_statements(&block.stmts, visit),
        Stmt::If(branch) => {
            for_each_changed_name(&branch.cons, visit);
            if let Some(alternative) = &branch.alt {
                for_each_changed_name(alternative, visit);
            }
        }
        Stmt::For(statement) => for_each_changed_name(&statement.body, visit),
        Stmt::ForOf(statement) => for_each_changed_name(&statement.body, visit),
        Stmt::ForIn(statement) => for_each_changed_name(&statement.body, visit),
        Stmt::While(statement) => for_each_changed_name(&statement.body, visit),
        Stmt::DoWhile(statement) => for_each_changed_name(&statement.body, visit),
        Stmt::Labeled(statement) => for_each_changed_name(&statement.body, visit),
        Stmt::Try(statement) => {
            in_statements(&statement.block.stmts, visit);
            if let Some(handler) = &statement.handler {
                in_statements(&handler.body.stmts, visit);
            }
            if let Some(last) = &statement.finalizer {
                in_statements(&last.stmts, visit);
            }
        }
        Stmt::Switch(statement) => {
            statement.cases.iter().for_each(|case| in_statements(&case.cons, visit));
        }
        _ => {}
    }
}

/// Calls `visit` with the names whose properties a statement assigns, deletes, or copies into.
pub(crate) fn for_each_assigned_name(statement: &Stmt, visit: &mut dyn FnMut(&Atom)) {
    let Stmt::Expr(statement) = statement else { return };
    match patterns::without_types(&statement.expr) {
        Expr::Assign(_) => in_expression(&statement.expr, visit),
        Expr::Unary(unary) if unary.op == UnaryOp::Delete => visit_leftmost(&unary.arg, visit),
        Expr::Call(call) => {
            if let Callee::Expr(callee) = &call.callee
                && let Expr::Member(member) = &**callee
                && (member.obj.is_ident_ref_to("Object") || is_changing_method(&member.prop))
            {
                in_call(call, visit);
            }
        }
        _ => {}
    }
}

/// The methods of lists and maps that change them, or run code that may.
fn is_changing_method(prop: &MemberProp) -> bool {
    const NAMES: [&str; 8] =
        ["push", "unshift", "splice", "set", "add", "delete", "clear", "forEach"];
    matches!(prop, MemberProp::Ident(name) if NAMES.contains(&&*name.sym))
}

/// Calls `visit` with the names of functions that a statement calls by their name.
pub(crate) fn for_each_called_name(statement: &Stmt, visit: &mut dyn FnMut(&Atom)) {
    match statement {
        Stmt::Expr(statement) => {
            if let Expr::Call(CallExpr { callee: Callee::Expr(callee), .. }) = &*statement.expr
                && let Expr::Ident(name) = &**callee
            {
                visit(&name.sym);
            }
        }
        Stmt::Block(block) => {
            block.stmts.iter().for_each(|it| for_each_called_name(it, visit));
        }
        Stmt::If(branch) => {
            for_each_called_name(&branch.cons, visit);
            branch.alt.iter().for_each(|it| for_each_called_name(it, visit));
        }
        Stmt::For(statement) => for_each_called_name(&statement.body, visit),
        Stmt::ForOf(statement) => for_each_called_name(&statement.body, visit),
        Stmt::ForIn(statement) => for_each_called_name(&statement.body, visit),
        Stmt::While(statement) => for_each_called_name(&statement.body, visit),
        Stmt::DoWhile(statement) => for_each_called_name(&statement.body, visit),
        _ => {}
    }
}

/// Calls `visit` with the names that an arrow function changes.
pub(crate) fn for_each_name_changed_by_arrow(arrow: &ArrowExpr, visit: &mut dyn FnMut(&Atom)) {
    match &*arrow.body {
        ArrowFunctionBody::FunctionBody(body) => in_statements(&body.stmts, visit),
        ArrowFunctionBody::Expr(expr) => in_expression(expr, visit),
    }
}

/// Calls `visit` with the names that an expression changes.
pub(crate) fn for_each_name_changed_by(expr: &Expr, visit: &mut dyn FnMut(&Atom)) {
    in_expression(expr, visit);
}

fn in_statements(statements: &[Stmt], visit: &mut dyn FnMut(&Atom)) {
    statements.iter().for_each(|statement| for_each_changed_name(statement, visit));
}

fn in_expression(expr: &Expr, visit: &mut dyn FnMut(&Atom)) {
    match expr {
        Expr::Assign(assign) => match &assign.left {
            AssignTarget::Simple(SimpleAssignTarget::Ident(name)) => visit(&name.id.sym),
            AssignTarget::Simple(SimpleAssignTarget::Member(member)) => {
                visit_leftmost(&member.obj, visit);
            }
            AssignTarget::Pat(AssignTargetPat::Array(array)) => {
                patterns::for_each_name_of_array(array, visit);
            }
            AssignTarget::Pat(AssignTargetPat::Object(object)) => {
                patterns::for_each_name_of_object(object, visit);
            }
            _ => {}
        },
        Expr::Update(update) => visit_leftmost(&update.arg, visit),
        Expr::Call(call) => in_call(call, visit),
        Expr::Unary(unary) if unary.op == UnaryOp::Delete => visit_leftmost(&unary.arg, visit),
        Expr::Await(it) => in_expression(&it.arg, visit),
        Expr::Paren(it) => in_expression(&it.expr, visit),
        Expr::Unary(it) => in_expression(&it.arg, visit),
        Expr::Bin(it) => {
            in_expression(&it.left, visit);
            in_expression(&it.right, visit);
        }
        Expr::Cond(it) => {
            in_expression(&it.cons, visit);
            in_expression(&it.alt, visit);
        }
        Expr::Seq(it) => it.exprs.iter().for_each(|it| in_expression(it, visit)),
        _ => {}
    }
}

fn in_call(call: &CallExpr, visit: &mut dyn FnMut(&Atom)) {
    let Callee::Expr(callee) = &call.callee else { return };
    in_function(callee, visit);
    call.args.iter().for_each(|argument| in_function(&argument.expr, visit));
    let Expr::Member(member) = &**callee else {
        // `addTimestamps(columns)`
        call.args.iter().for_each(|argument| visit_leftmost(&argument.expr, visit));
        return;
    };
    if member.obj.is_ident_ref_to("Object") {
        if let Some(target) = call.args.first() {
            visit_leftmost(&target.expr, visit);
        }
    } else {
        visit_leftmost(&member.obj, visit);
    }
}

/// `names.forEach((name) => { columns[name] = .. })`, `(function () { columns.a = .. })()`
fn in_function(expr: &Expr, visit: &mut dyn FnMut(&Atom)) {
    match patterns::without_types(expr) {
        Expr::Arrow(arrow) => for_each_name_changed_by_arrow(arrow, visit),
        Expr::Fn(it) => {
            let body = it.function.body.iter();
            body.for_each(|body| in_statements(&body.stmts, visit));
        }
        _ => {}
    }
}

fn visit_leftmost(expr: &Expr, visit: &mut dyn FnMut(&Atom)) {
    let leftmost = expr.unwrap_with(|expr| match expr {
        Expr::Member(member) => Some(&member.obj),
        // `column.notNull().references(..)` changes the column.
        Expr::Call(CallExpr { callee: Callee::Expr(callee), .. }) => Some(callee),
        Expr::Paren(it) => Some(&it.expr),
        Expr::TsAs(it) => Some(&it.expr),
        Expr::TsNonNull(it) => Some(&it.expr),
        _ => None,
    });
    if let Expr::Ident(name) = leftmost {
        visit(&name.sym);
    }
}
