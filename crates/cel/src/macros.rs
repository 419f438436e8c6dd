//! Calls that stand for loops, tests and bindings.

use std::sync::Arc;

use crate::ast::{ACCU, Expr, Fold, Kind, UNUSED, op};
use crate::parser::Parser;
use crate::value::Val;

const SORT_INPUT: &str = "@__sortBy_input__";

/// A call without target.
pub(crate) fn global(parser: &mut Parser<'_>, at: u32, function: &str, args: Vec<Expr>) -> Expr {
    if function == "has" && args.len() == 1 {
        let arg = args.into_iter().next().expect("there is one argument");
        let place = arg.at;
        return match arg.kind {
            Kind::Select { operand, field, .. } => parser.new_expr(
                at,
                Kind::Select {
                    operand,
                    field,
                    test: true,
                },
            ),
            _ => refuse(parser, place, "invalid argument to has() macro"),
        };
    }
    parser.call(at, function, args)
}

/// A call with a target.
pub(crate) fn member(
    parser: &mut Parser<'_>,
    at: u32,
    function: &str,
    target: Expr,
    args: Vec<Expr>,
) -> Expr {
    let two = parser.syntax.two_variables;
    let make = Maker { at };
    match (function, args.len()) {
        ("all" | "exists" | "exists_one" | "existsOne", 2) => {
            make.quantifier(parser, function, target, args, false)
        }
        ("all" | "exists" | "exists_one" | "existsOne", 3) if two => {
            make.quantifier(parser, function, target, args, true)
        }
        ("map", 2 | 3) | ("filter", 2) => make.map(parser, function, target, args),
        ("transformList" | "transformMap" | "transformMapEntry", 3 | 4) if two => {
            make.transform(parser, function, target, args)
        }
        ("optMap" | "optFlatMap", 2) if parser.syntax.optionals => {
            make.optional(parser, function, target, args)
        }
        ("bind", 3)
            if parser.syntax.bindings
                && matches!(&target.kind, Kind::Ident(name) if &**name == "cel") =>
        {
            make.cel_bind(parser, args)
        }
        ("sortBy", 2) if parser.syntax.sort_by => make.sort_by(parser, target, args),
        _ => parser.member_call(at, function, target, args),
    }
}

fn refuse(parser: &mut Parser<'_>, at: u32, message: &str) -> Expr {
    parser.error(at, message);
    parser.new_expr(at, Kind::Literal(Val::Null))
}

fn name_of(expr: &Expr) -> Option<Arc<str>> {
    match &expr.kind {
        Kind::Ident(name) => Some(name.clone()),
        _ => None,
    }
}

/// Makes nodes at the place of the macro's call.
struct Maker {
    at: u32,
}

/// The arguments of a macro behind its variables.
struct Variables {
    first: Arc<str>,
    second: Option<Arc<str>>,
    rest: std::vec::IntoIter<Expr>,
}

impl Maker {
    fn ident(&self, parser: &mut Parser<'_>, name: &str) -> Expr {
        parser.new_expr(self.at, Kind::Ident(name.into()))
    }

    fn accu(&self, parser: &mut Parser<'_>) -> Expr {
        self.ident(parser, ACCU)
    }

    fn literal(&self, parser: &mut Parser<'_>, value: Val<'static>) -> Expr {
        parser.new_expr(self.at, Kind::Literal(value))
    }

    fn list(&self, parser: &mut Parser<'_>, items: Vec<Expr>) -> Expr {
        parser.new_expr(
            self.at,
            Kind::List {
                items,
                optional: Vec::new(),
            },
        )
    }

    fn fold(&self, parser: &mut Parser<'_>, fold: Fold) -> Expr {
        parser.new_expr(self.at, Kind::Fold(Box::new(fold)))
    }

    /// Takes the names of the variables from the arguments.
    fn variables(
        parser: &mut Parser<'_>,
        args: Vec<Expr>,
        two: bool,
        complaint: &str,
    ) -> Result<Variables, Expr> {
        let mut names = Vec::new();
        for arg in &args[..if two { 2 } else { 1 }] {
            let Some(name) = name_of(arg) else {
                return Err(refuse(parser, arg.at, complaint));
            };
            if names.contains(&name) {
                let message = format!("duplicate variable name: {name}");
                return Err(refuse(parser, arg.at, &message));
            }
            names.push(name);
        }
        for (arg, name) in args.iter().zip(&names) {
            if &**name == "__result__" {
                let message = "iteration variable overwrites accumulator variable";
                return Err(refuse(parser, arg.at, message));
            }
        }
        let mut names = names.into_iter();
        let mut rest = args.into_iter();
        rest.next();
        if two {
            rest.next();
        }
        Ok(Variables {
            first: names.next().expect("there is a first variable"),
            second: names.next(),
            rest,
        })
    }

    fn quantifier(
        &self,
        parser: &mut Parser<'_>,
        function: &str,
        target: Expr,
        args: Vec<Expr>,
        two: bool,
    ) -> Expr {
        let mut variables =
            match Self::variables(parser, args, two, "argument must be a simple name") {
                Ok(variables) => variables,
                Err(expr) => return expr,
            };
        let predicate = variables.rest.next().expect("the predicate is counted");
        let (init, condition, step, result);
        match function {
            "all" => {
                init = self.literal(parser, Val::Bool(true));
                let accu = self.accu(parser);
                condition = parser.call(self.at, op::NOT_STRICTLY_FALSE, vec![accu]);
                let accu = self.accu(parser);
                step = parser.call(self.at, op::AND, vec![accu, predicate]);
                result = self.accu(parser);
            }
            "exists" => {
                init = self.literal(parser, Val::Bool(false));
                let accu = self.accu(parser);
                let not = parser.call(self.at, op::NOT, vec![accu]);
                condition = parser.call(self.at, op::NOT_STRICTLY_FALSE, vec![not]);
                let accu = self.accu(parser);
                step = parser.call(self.at, op::OR, vec![accu, predicate]);
                result = self.accu(parser);
            }
            _ => {
                init = self.literal(parser, Val::Int(0));
                condition = self.literal(parser, Val::Bool(true));
                let accu = self.accu(parser);
                let one = self.literal(parser, Val::Int(1));
                let more = parser.call(self.at, op::ADD, vec![accu, one]);
                let accu = self.accu(parser);
                step = parser.call(self.at, op::CONDITIONAL, vec![predicate, more, accu]);
                let accu = self.accu(parser);
                let one = self.literal(parser, Val::Int(1));
                result = parser.call(self.at, op::EQUALS, vec![accu, one]);
            }
        }
        self.fold(
            parser,
            Fold {
                range: target,
                var: variables.first,
                var2: variables.second,
                accu: ACCU.into(),
                init,
                condition,
                step,
                result,
            },
        )
    }

    /// A loop that adds to what it carries along, where the filter holds.
    fn collect(
        &self,
        parser: &mut Parser<'_>,
        range: Expr,
        variables: Variables,
        init: Expr,
        filter: Option<Expr>,
        step: Expr,
    ) -> Expr {
        let condition = self.literal(parser, Val::Bool(true));
        let step = match filter {
            Some(filter) => {
                let accu = self.accu(parser);
                parser.call(self.at, op::CONDITIONAL, vec![filter, step, accu])
            }
            None => step,
        };
        let result = self.accu(parser);
        self.fold(
            parser,
            Fold {
                range,
                var: variables.first,
                var2: variables.second,
                accu: ACCU.into(),
                init,
                condition,
                step,
                result,
            },
        )
    }

    fn map(&self, parser: &mut Parser<'_>, function: &str, target: Expr, args: Vec<Expr>) -> Expr {
        let place = args[0].at;
        let filtered = function == "filter" || args.len() == 3;
        let mut variables =
            match Self::variables(parser, args, false, "argument is not an identifier") {
                Ok(variables) => variables,
                Err(expr) => return expr,
            };
        let filter = if filtered {
            variables.rest.next()
        } else {
            None
        };
        let item = if function == "filter" {
            parser.new_expr(place, Kind::Ident(variables.first.clone()))
        } else {
            variables.rest.next().expect("the arguments are counted")
        };
        let init = self.list(parser, Vec::new());
        let accu = self.accu(parser);
        let added = self.list(parser, vec![item]);
        let step = parser.call(self.at, op::ADD, vec![accu, added]);
        self.collect(parser, target, variables, init, filter, step)
    }

    fn transform(
        &self,
        parser: &mut Parser<'_>,
        function: &str,
        target: Expr,
        args: Vec<Expr>,
    ) -> Expr {
        let filtered = args.len() == 4;
        let mut variables =
            match Self::variables(parser, args, true, "argument must be a simple name") {
                Ok(variables) => variables,
                Err(expr) => return expr,
            };
        let filter = if filtered {
            variables.rest.next()
        } else {
            None
        };
        let item = variables.rest.next().expect("the arguments are counted");
        let accu = self.accu(parser);
        let (init, step) = match function {
            "transformList" => {
                let added = self.list(parser, vec![item]);
                let step = parser.call(self.at, op::ADD, vec![accu, added]);
                (self.list(parser, Vec::new()), step)
            }
            "transformMap" => {
                let key = self.ident(parser, &variables.first.clone());
                let step = parser.call(self.at, op::MAP_INSERT, vec![accu, key, item]);
                (parser.new_expr(self.at, Kind::Map(Vec::new())), step)
            }
            _ => {
                let step = parser.call(self.at, op::MAP_INSERT, vec![accu, item]);
                (parser.new_expr(self.at, Kind::Map(Vec::new())), step)
            }
        };
        self.collect(parser, target, variables, init, filter, step)
    }

    /// A name for a value.
    fn bind(&self, parser: &mut Parser<'_>, name: Arc<str>, value: Expr, inside: Expr) -> Expr {
        let range = self.list(parser, Vec::new());
        let condition = self.literal(parser, Val::Bool(false));
        let step = self.ident(parser, &name);
        self.fold(
            parser,
            Fold {
                range,
                var: UNUSED.into(),
                var2: None,
                accu: name,
                init: value,
                condition,
                step,
                result: inside,
            },
        )
    }

    fn cel_bind(&self, parser: &mut Parser<'_>, args: Vec<Expr>) -> Expr {
        let mut args = args.into_iter();
        let variable = args.next().expect("the arguments are counted");
        let value = args.next().expect("the arguments are counted");
        let inside = args.next().expect("the arguments are counted");
        match name_of(&variable) {
            Some(name) => self.bind(parser, name, value, inside),
            None => refuse(
                parser,
                variable.at,
                "cel.bind() variable names must be simple identifiers",
            ),
        }
    }

    fn optional(
        &self,
        parser: &mut Parser<'_>,
        function: &str,
        target: Expr,
        args: Vec<Expr>,
    ) -> Expr {
        let mut args = args.into_iter();
        let variable = args.next().expect("the arguments are counted");
        let inside = args.next().expect("the arguments are counted");
        let Some(name) = name_of(&variable) else {
            let message = format!("{function}() variable name must be a simple identifier");
            return refuse(parser, variable.at, &message);
        };
        let copy = parser.copy(&target);
        let condition = parser.member_call(self.at, "hasValue", target, Vec::new());
        let value = parser.member_call(self.at, "value", copy, Vec::new());
        let mut bound = self.bind(parser, name, value, inside);
        if function == "optMap" {
            bound = parser.call(self.at, "optional.of", vec![bound]);
        }
        let none = parser.call(self.at, "optional.none", Vec::new());
        parser.call(self.at, op::CONDITIONAL, vec![condition, bound, none])
    }

    fn sort_by(&self, parser: &mut Parser<'_>, target: Expr, args: Vec<Expr>) -> Expr {
        if matches!(
            target.kind,
            Kind::Literal(_) | Kind::Map(_) | Kind::Struct { .. }
        ) {
            let message = "sortBy can only be applied to a list, identifier, comprehension, call or select expression";
            return refuse(parser, target.at, message);
        }
        let range = self.ident(parser, SORT_INPUT);
        let keys = self.map(parser, "map", range, args);
        let input = self.ident(parser, SORT_INPUT);
        let sorted = parser.member_call(self.at, "@sortByAssociatedKeys", input, vec![keys]);
        self.bind(parser, SORT_INPUT.into(), target, sorted)
    }
}
