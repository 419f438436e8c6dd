//! The way Go prints values: messages of the API carry it.

pub(crate) use skeg_schema::go::quote;

/// `%q` of a list of strings: `["a" "b"]`.
pub(crate) fn quote_list<S: AsRef<str>>(items: &[S]) -> String {
    let quoted: Vec<String> = items.iter().map(|i| quote(i.as_ref())).collect();
    format!("[{}]", quoted.join(" "))
}

/// Several messages as one: alone as it stands, else in brackets, each once.
pub(crate) fn aggregate(messages: &[String]) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for message in messages {
        if !seen.contains(&message.as_str()) {
            seen.push(message);
        }
    }
    match seen.as_slice() {
        [one] => (*one).to_owned(),
        many => format!("[{}]", many.join(", ")),
    }
}

/// All that is wrong as one message; nothing if nothing is.
pub(crate) fn aggregate_errors(errors: &[skeg_meta::FieldError]) -> Option<String> {
    let messages: Vec<String> = errors.iter().map(ToString::to_string).collect();
    (!messages.is_empty()).then(|| aggregate(&messages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_as_go_does() {
        assert_eq!(quote("a\"b\\\n\u{1}é"), "\"a\\\"b\\\\\\n\\x01é\"");
        assert_eq!(quote_list(&["get", "list"]), "[\"get\" \"list\"]");
        assert_eq!(aggregate(&["a".into()]), "a");
        assert_eq!(aggregate(&["a".into(), "b".into(), "a".into()]), "[a, b]");
    }
}
