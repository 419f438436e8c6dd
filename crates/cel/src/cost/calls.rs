//! What calls of functions may cost.

use super::{
    ASK, CallCost, EntrySize, Estimator, MAKE_LIST, MAKE_MESSAGE, Node, ONE, REGEX, Range,
    TRAVERSE, UNKNOWN, ZERO, sorts_texts,
};
use crate::ast::{Call, Expr, Kind};
use crate::types::Type;
use crate::value::Val;

impl Estimator<'_> {
    /// What Kubernetes defines of its functions' costs; see [`crate::eval`]
    /// for what they cost when they run.
    fn kubernetes(
        &self,
        function: &str,
        id: &str,
        target: Option<&Node<'_>>,
        args: &[Node<'_>],
    ) -> Option<CallCost> {
        let text = |node: &Node<'_>| self.size_of(node).scaled(TRAVERSE);
        Some(match function {
            "check" => Range::fixed(ASK).into(),
            "serviceAccount"
            | "path"
            | "group"
            | "resource"
            | "subresource"
            | "namespace"
            | "name"
            | "allowed"
            | "reason"
            | "error"
            | "errored"
            | "masked"
            | "prefixLength"
            | "family"
            | "isUnspecified"
            | "isLoopback"
            | "isLinkLocalMulticast"
            | "isLinkLocalUnicast"
            | "isGlobalUnicast"
            | "format.named"
            | "sign"
            | "asInteger"
            | "isInteger"
            | "asApproximateFloat"
            | "isGreaterThan"
            | "isLessThan"
            | "compareTo"
            | "add"
            | "sub"
            | "major"
            | "minor"
            | "patch"
            | "getScheme"
            | "getHostname"
            | "getHost"
            | "getPort"
            | "getEscapedPath"
            | "getQuery" => ONE.into(),
            "fieldSelector" | "labelSelector" => {
                let length = self.size_of(args.first()?);
                let requirements = length
                    .scaled(0.5)
                    .times(Range::fixed(MAKE_LIST + MAKE_MESSAGE));
                Range::fixed(MAKE_LIST)
                    .plus(length.scaled(TRAVERSE))
                    .plus(requirements)
                    .into()
            }
            "isSorted" | "sum" | "max" | "min" | "indexOf" | "lastIndexOf" | "includes" => {
                let target = target?;
                let size = self.size_of(target);
                if let Some(items) = self.items(target) {
                    let mut each = ONE;
                    if matches!(items.ty, Type::String | Type::Bytes) {
                        each = each.plus(text(&items));
                    }
                    size.times(each).into()
                } else if function == "includes" {
                    size.into()
                } else {
                    size.scaled(TRAVERSE).into()
                }
            }
            "url" | "jsonpatch.escapeKey" => {
                let [arg] = args else { return None };
                CallCost {
                    cost: text(arg),
                    size: Some(self.size_of(arg)),
                }
            }
            "lowerAscii" | "upperAscii" | "substring" | "trim" => {
                let target = target?;
                CallCost {
                    cost: text(target),
                    size: Some(self.size_of(target)),
                }
            }
            "replace" => self.replace(target?, args)?,
            "split" => {
                let size = self.size_of(target?);
                let mut max = size.max;
                if let Some(Kind::Literal(Val::Int(limit))) =
                    args.get(1).and_then(|arg| arg.expr).map(|expr| &expr.kind)
                {
                    // A negative limit is no bound; upstream takes it as a large one.
                    max = limit.cast_unsigned();
                }
                CallCost {
                    cost: size.scaled(2.0 * TRAVERSE),
                    size: Some(Range { min: 0, max }),
                }
            }
            "join" => {
                let target = target?;
                let list = self.size_of(target);
                let mut size = match self.items(target) {
                    Some(items) => list.times(self.size_of(&items)),
                    None => ZERO,
                };
                if let Some(separator) = args.first() {
                    let between = Range {
                        min: list.min.saturating_sub(1),
                        max: list.max.saturating_sub(1),
                    };
                    size = size.plus(self.size_of(separator).times(between));
                }
                CallCost {
                    cost: size.scaled(TRAVERSE),
                    size: Some(size),
                }
            }
            "find" | "findAll" => {
                let size = self.size_of(target?);
                let pattern = self.size_of(args.first()?).scaled(REGEX);
                CallCost {
                    cost: size.plus(ONE).scaled(TRAVERSE).times(pattern),
                    size: Some(Range {
                        min: 0,
                        max: size.max,
                    }),
                }
            }
            "ip" if id == "cidr_ip" => ONE.into(),
            "cidr" | "isIP" | "isCIDR" | "ip" | "quantity" | "isQuantity" | "semver"
            | "isSemver" => text(args.first()?).into(),
            "ip.isCanonical" => self.size_of(args.first()?).scaled(2.0 * TRAVERSE).into(),
            "containsIP" | "containsCIDR" => {
                let bytes = Range { min: 4, max: 16 };
                let mut cost = bytes.plus(bytes).scaled(TRAVERSE);
                if function == "containsCIDR" {
                    cost = cost.plus(bytes.scaled(TRAVERSE)).plus(ONE);
                }
                if id.ends_with("_string") {
                    cost = cost.plus(text(args.first()?));
                }
                cost.into()
            }
            "validate" => text(args.first()?).scaled(128.0 * REGEX).into(),
            "_==_" => return self.library_equality(args),
            _ => return None,
        })
    }

    fn library_equality(&self, args: &[Node<'_>]) -> Option<CallCost> {
        let [a, b] = args else { return None };
        if a.ty != b.ty {
            return None;
        }
        Some(match a.ty.runtime_name() {
            "net.IP" | "net.CIDR" | "kubernetes.Quantity" | "kubernetes.Semver" => ONE.into(),
            name if name.starts_with("kubernetes.authorization.") => ONE.into(),
            "kubernetes.NamedFormat" => Range { min: 1, max: 64 }.scaled(TRAVERSE).into(),
            "kubernetes.URL" => {
                let max = b.size.map_or(1, |size| size.max);
                Range { min: 1, max }.scaled(TRAVERSE).into()
            }
            _ => return None,
        })
    }

    fn replace(&self, target: &Node<'_>, args: &[Node<'_>]) -> Option<CallCost> {
        let (Some(old), Some(new)) = (args.first(), args.get(1)) else {
            return None;
        };
        let (size, old, new) = (self.size_of(target), self.size_of(old), self.size_of(new));
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the figures are defined so, and casts saturate"
        )]
        let per = |size: u64, of: u64| (size as f64 / of as f64).ceil() as u64;
        let (mut count, mut kept) = (ZERO, ZERO);
        if old.min == 0 {
            count.max = size.max.saturating_add(1);
            kept.max = size.max;
        } else if new.max <= old.min {
            kept.max = size.max;
        } else {
            count.max = per(size.max, old.min);
        }
        if old.max == 0 {
            count.min = size.min.saturating_add(1);
            kept.min = size.min;
        } else if old.max <= new.min {
            kept.min = size.min;
        } else {
            count.min = per(size.min, old.max);
        }
        Some(CallCost {
            cost: size.scaled(2.0 * TRAVERSE),
            size: Some(count.times(new).plus(kept)),
        })
    }

    pub(super) fn overload(
        &mut self,
        expr: &Expr,
        call: &Call,
        id: &str,
        target: Option<&Node<'_>>,
        args: &[Node<'_>],
        costs: &[Range],
    ) -> CallCost {
        if let Some(cost) = self.lists_and_sets(id, target, args) {
            return cost;
        }
        if let Some(cost) = self.kubernetes(&call.function, id, target, args) {
            return cost;
        }
        let known = |node: &Node<'_>| node.size.unwrap_or(UNKNOWN);
        match (id, args) {
            ("string_format", _) => {
                if let Some(target) = target {
                    return known(target).scaled(TRAVERSE).into();
                }
            }
            ("string_to_bytes", [arg]) => {
                let size = known(arg);
                return CallCost {
                    cost: size.scaled(TRAVERSE),
                    size: Some(Range {
                        min: size.min,
                        max: size.max.saturating_mul(4),
                    }),
                };
            }
            ("bytes_to_string", [arg]) => {
                let size = known(arg);
                return CallCost {
                    cost: size.scaled(TRAVERSE),
                    size: Some(Range {
                        min: size.min / 4,
                        max: size.max,
                    }),
                };
            }
            ("strings_quote", [arg]) => {
                let size = known(arg);
                return CallCost {
                    cost: size.scaled(TRAVERSE),
                    size: Some(Range {
                        min: size.min.saturating_add(2),
                        max: size.max.saturating_mul(2).saturating_add(2),
                    }),
                };
            }
            ("starts_with_string" | "ends_with_string", [arg]) => {
                return known(arg).scaled(TRAVERSE).into();
            }
            ("in_list", [_, list]) => return known(list).into(),
            ("matches" | "matches_string", _) => {
                let (text, pattern) = match (target, args) {
                    (Some(text), [pattern]) | (None, [text, pattern]) => (text, pattern),
                    _ => return ONE.into(),
                };
                let text = known(text).plus(ONE).scaled(TRAVERSE);
                return text.times(known(pattern).scaled(REGEX)).into();
            }
            ("contains_string", [part]) => {
                if let Some(target) = target {
                    let cost = known(target)
                        .scaled(TRAVERSE)
                        .times(known(part).scaled(TRAVERSE));
                    return cost.into();
                }
            }
            ("logical_or" | "logical_and", _) => {
                if let [left, right] = costs {
                    return Range {
                        min: left.min,
                        max: left.max.saturating_add(right.max),
                    }
                    .into();
                }
            }
            ("conditional", [_, yes, no]) => {
                let size = known(yes).union(known(no));
                let entry = EntrySize::union(
                    yes.expr.and_then(|expr| self.entry(expr)),
                    no.expr.and_then(|expr| self.entry(expr)),
                );
                self.set_entry(expr, entry);
                return CallCost {
                    cost: costs[0].plus(costs[1].union(costs[2])),
                    size: Some(size),
                };
            }
            ("add_string" | "add_bytes" | "add_list", [a, b]) => {
                let size = known(a).plus(known(b));
                let entry = EntrySize::union(
                    a.expr.and_then(|expr| self.entry(expr)),
                    b.expr.and_then(|expr| self.entry(expr)),
                );
                self.set_entry(expr, entry);
                let cost = if id == "add_list" {
                    ONE
                } else {
                    size.scaled(TRAVERSE)
                };
                return CallCost {
                    cost,
                    size: Some(size),
                };
            }
            (
                "less_string"
                | "greater_string"
                | "less_equals_string"
                | "greater_equals_string"
                | "less_bytes"
                | "greater_bytes"
                | "less_equals_bytes"
                | "greater_equals_bytes"
                | "equals"
                | "not_equals",
                [a, b],
            ) => {
                let max = known(a).max.min(known(b).max);
                let min = u64::from(max > 0);
                return Range { min, max }.scaled(TRAVERSE).into();
            }
            _ => {}
        }
        ONE.into()
    }

    /// The functions on lists and sets, which make lists.
    fn lists_and_sets(
        &self,
        id: &str,
        target: Option<&Node<'_>>,
        args: &[Node<'_>],
    ) -> Option<CallCost> {
        let number = |node: &Node<'_>, otherwise: u64| match node.expr.map(|expr| &expr.kind) {
            Some(Kind::Literal(Val::Int(value))) => u64::try_from(*value).unwrap_or(0),
            _ => otherwise,
        };
        let made = |factor: f64, size: Range| CallCost {
            cost: size.scaled(factor).plus(Range::fixed(MAKE_LIST + 1)),
            size: Some(size),
        };
        Some(match id {
            "list_slice" => {
                let [start, end] = args else { return None };
                let start = number(start, 0);
                let end = number(end, self.size_of(target?).max);
                made(1.0, Range::fixed(end.saturating_sub(start)))
            }
            "lists_range" => made(1.0, Range::fixed(number(args.first()?, u64::MAX))),
            "list_reverse" => made(1.0, self.size_of(target?)),
            "list_flatten" => made(1.0, self.size_of(target?)),
            "list_flatten_int" => {
                #[expect(clippy::cast_precision_loss, reason = "a factor")]
                let depth = number(args.first()?, u64::MAX) as f64;
                made(depth, self.size_of(target?))
            }
            "list_distinct" => {
                let size = self.size_of(target?);
                CallCost {
                    cost: size
                        .times(size)
                        .scaled(2.0)
                        .plus(Range::fixed(MAKE_LIST + 1)),
                    size: Some(size),
                }
            }
            id if id.ends_with("_sort") || id.ends_with("_sortByAssociatedKeys") => {
                let size = self.size_of(target?);
                let factor = if sorts_texts(id) { 2.1 } else { 2.0 };
                made(factor, size.times(size))
            }
            "list_sets_contains_list" | "list_sets_intersects_list" => {
                let [a, b] = args else { return None };
                self.size_of(a).times(self.size_of(b)).plus(ONE).into()
            }
            "list_sets_equivalent_list" => {
                let [a, b] = args else { return None };
                let once = self.size_of(a).times(self.size_of(b));
                once.scaled(2.0).plus(ONE).into()
            }
            _ => return None,
        })
    }
}
