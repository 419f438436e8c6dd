//! Functions on text, and regular expressions that find.

use crate::error::EvalError;
use crate::format_string;
use crate::functions::{Row, function as f, int, list, method as m, text};
use crate::regex;
use crate::value::Val;

pub(crate) const ROWS: &[Row] = &[
    m(
        "charAt",
        "string_char_at_int",
        "string int",
        "string",
        char_at,
    ),
    m(
        "indexOf",
        "string_index_of_string",
        "string string",
        "int",
        index_of,
    ),
    m(
        "indexOf",
        "string_index_of_string_int",
        "string string int",
        "int",
        index_of,
    ),
    m(
        "lastIndexOf",
        "string_last_index_of_string",
        "string string",
        "int",
        last_index_of,
    ),
    m(
        "lastIndexOf",
        "string_last_index_of_string_int",
        "string string int",
        "int",
        last_index_of,
    ),
    m(
        "lowerAscii",
        "string_lower_ascii",
        "string",
        "string",
        lower,
    ),
    m(
        "upperAscii",
        "string_upper_ascii",
        "string",
        "string",
        upper,
    ),
    m(
        "replace",
        "string_replace_string_string",
        "string string string",
        "string",
        replace,
    ),
    m(
        "replace",
        "string_replace_string_string_int",
        "string string string int",
        "string",
        replace,
    ),
    m(
        "split",
        "string_split_string",
        "string string",
        "list(string)",
        split,
    ),
    m(
        "split",
        "string_split_string_int",
        "string string int",
        "list(string)",
        split,
    ),
    m(
        "substring",
        "string_substring_int",
        "string int",
        "string",
        substring,
    ),
    m(
        "substring",
        "string_substring_int_int",
        "string int int",
        "string",
        substring,
    ),
    m("trim", "string_trim", "string", "string", trim),
    m("join", "list_join", "list(string)", "string", join),
    m(
        "join",
        "list_join_string",
        "list(string) string",
        "string",
        join,
    ),
    m(
        "format",
        "string_format",
        "string list(dyn)",
        "string",
        format,
    )
    .since(29),
    f("strings.quote", "strings_quote", "string", "string", quote).since(29),
    m(
        "find",
        "string_find_string",
        "string string",
        "string",
        find,
    ),
    m(
        "findAll",
        "string_find_all_string",
        "string string",
        "list(string)",
        find_all,
    ),
    m(
        "findAll",
        "string_find_all_string_int",
        "string string int",
        "list(string)",
        find_all,
    ),
    f(
        "jsonpatch.escapeKey",
        "string_jsonpatch_escapeKey_string",
        "string",
        "string",
        escape_key,
    )
    .patch_only(),
];

type Out<'a> = Result<Val<'a>, EvalError>;

fn out_of_range(at: i64) -> EvalError {
    EvalError::new(format!("index out of range: {at}"))
}

fn char_at<'a>(args: &[Val<'a>]) -> Out<'a> {
    let at = int(args, 1)?;
    let chars: Vec<char> = text(args, 0)?.chars().collect();
    let place = usize::try_from(at).map_err(|_| out_of_range(at))?;
    if place > chars.len() {
        return Err(out_of_range(at));
    }
    Ok(Val::from(
        chars.get(place).map(char::to_string).unwrap_or_default(),
    ))
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn index_of<'a>(args: &[Val<'a>]) -> Out<'a> {
    let offset = if args.len() > 2 { int(args, 2)? } else { 0 };
    let start = usize::try_from(offset).map_err(|_| out_of_range(offset))?;
    let chars: Vec<char> = text(args, 0)?.chars().collect();
    let wanted: Vec<char> = text(args, 1)?.chars().collect();
    if wanted.is_empty() {
        return Ok(Val::Int(count(start.min(chars.len()))));
    }
    let found = (start..chars.len()).find(|at| chars[*at..].starts_with(&wanted));
    Ok(Val::Int(found.map_or(-1, count)))
}

fn last_index_of<'a>(args: &[Val<'a>]) -> Out<'a> {
    let chars: Vec<char> = text(args, 0)?.chars().collect();
    let wanted: Vec<char> = text(args, 1)?.chars().collect();
    let last = if args.len() > 2 {
        let offset = int(args, 2)?;
        let last = usize::try_from(offset).map_err(|_| out_of_range(offset))?;
        if !wanted.is_empty() && last >= chars.len() {
            return Ok(Val::Int(-1));
        }
        last.min(chars.len())
    } else {
        chars.len()
    };
    let Some(fitting) = chars.len().checked_sub(wanted.len()) else {
        return Ok(Val::Int(-1));
    };
    let found = (0..=last.min(fitting))
        .rev()
        .find(|at| chars[*at..].starts_with(&wanted));
    Ok(Val::Int(found.map_or(-1, count)))
}

fn lower<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::from(text(args, 0)?.to_ascii_lowercase()))
}

fn upper<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::from(text(args, 0)?.to_ascii_uppercase()))
}

fn replace<'a>(args: &[Val<'a>]) -> Out<'a> {
    let (from, old, new) = (text(args, 0)?, text(args, 1)?, text(args, 2)?);
    let limit = if args.len() > 3 { int(args, 3)? } else { -1 };
    let replaced = match usize::try_from(limit) {
        Ok(limit) => from.replacen(old, new, limit),
        Err(_) => from.replace(old, new),
    };
    Ok(Val::from(replaced))
}

fn split<'a>(args: &[Val<'a>]) -> Out<'a> {
    let (from, separator) = (text(args, 0)?, text(args, 1)?);
    let limit = if args.len() > 2 { int(args, 2)? } else { -1 };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if limit == 0 {
        return Ok(Val::from(Vec::new()));
    }
    let mut parts: Vec<Val<'a>> = Vec::new();
    if separator.is_empty() {
        let mut rest = from;
        while let Some(c) = rest.chars().next() {
            if parts.len() + 1 == limit {
                parts.push(Val::from(rest.to_owned()));
                break;
            }
            parts.push(Val::from(c.to_string()));
            rest = &rest[c.len_utf8()..];
        }
    } else {
        parts.extend(
            from.splitn(limit, separator)
                .map(|part| Val::from(part.to_owned())),
        );
    }
    Ok(Val::from(parts))
}

fn substring<'a>(args: &[Val<'a>]) -> Out<'a> {
    let chars: Vec<char> = text(args, 0)?.chars().collect();
    let start = int(args, 1)?;
    let place = |at: i64| {
        usize::try_from(at)
            .ok()
            .filter(|place| *place <= chars.len())
            .ok_or_else(|| out_of_range(at))
    };
    let end = if args.len() > 2 {
        let end = int(args, 2)?;
        if start > end {
            return Err(EvalError::new(format!(
                "invalid substring range. start: {start}, end: {end}"
            )));
        }
        end
    } else {
        count(chars.len())
    };
    let (start, end) = (place(start)?, place(end)?);
    Ok(Val::from(chars[start..end].iter().collect::<String>()))
}

fn trim<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::from(text(args, 0)?.trim().to_owned()))
}

fn join<'a>(args: &[Val<'a>]) -> Out<'a> {
    let separator = if args.len() > 1 { text(args, 1)? } else { "" };
    let mut joined = String::new();
    for (at, item) in list(args, 0)?.iter().enumerate() {
        let item = item?;
        if at > 0 {
            joined.push_str(separator);
        }
        joined.push_str(item.as_str().ok_or_else(|| {
            EvalError::new(format!(
                "join: invalid input: {}",
                format_string::plain(&item)
            ))
        })?);
    }
    Ok(Val::from(joined))
}

fn format<'a>(args: &[Val<'a>]) -> Out<'a> {
    let values = list(args, 1)?.to_vec()?;
    format_string::format(text(args, 0)?, &values).map(Val::from)
}

fn quote<'a>(args: &[Val<'a>]) -> Out<'a> {
    let mut quoted = String::from('"');
    for c in text(args, 0)?.chars() {
        match c {
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\\""),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    Ok(Val::from(quoted))
}

fn compiled(args: &[Val<'_>]) -> Result<std::sync::Arc<::regex::Regex>, EvalError> {
    regex::compile(text(args, 1)?)
        .map_err(|error| EvalError::new(format!("Illegal regex: {error}")))
}

fn find<'a>(args: &[Val<'a>]) -> Out<'a> {
    let found = compiled(args)?
        .find(text(args, 0)?)
        .map_or("", |found| found.as_str())
        .to_owned();
    Ok(Val::from(found))
}

fn find_all<'a>(args: &[Val<'a>]) -> Out<'a> {
    let limit = if args.len() > 2 { int(args, 2)? } else { -1 };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let regex = compiled(args)?;
    let found: Vec<Val<'a>> = regex
        .find_iter(text(args, 0)?)
        .take(limit)
        .map(|found| Val::from(found.as_str().to_owned()))
        .collect();
    Ok(Val::from(found))
}

fn escape_key<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::from(
        text(args, 0)?.replace('~', "~0").replace('/', "~1"),
    ))
}
