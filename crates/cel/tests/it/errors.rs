//! What is said of expressions that do not compile.

use skeg_cel::{DeclType, Env, EnvOptions};

fn check(text: &str, expected: &str) {
    let spec = DeclType::escaped_object(
        "Spec",
        vec![
            ("s".to_owned(), DeclType::string()),
            ("n".to_owned(), DeclType::int()),
            ("namespace".to_owned(), DeclType::string()),
        ],
    );
    let env = Env::new(EnvOptions::stored().with_mutation())
        .declare("self", spec.clone())
        .declare("oldSelf", DeclType::optional(spec))
        .declare("object", DeclType::dynamic());
    let error = env.compile(text).unwrap_err();
    assert_eq!(error.to_string(), expected, "{text}");
}

const FIRST: &str = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

#[test]
fn types_that_do_not_fit() {
    check(
        "self.nope == 1",
        "ERROR: <input>:1:5: undefined field 'nope'\n | self.nope == 1\n | ....^",
    );
    check(
        "self.s == 1",
        "ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(string, int)'\n | self.s == 1\n | .......^",
    );
    check(
        "nosuch(self.s)",
        "ERROR: <input>:1:7: undeclared reference to 'nosuch' (in container '')\n | nosuch(self.s)\n | ......^",
    );
    check(
        "oldSelf.n == 1",
        "ERROR: <input>:1:11: found no matching overload for '_==_' applied to '(optional_type(int), int)'\n | oldSelf.n == 1\n | ..........^",
    );
    check(
        "a\n&& b",
        "ERROR: <input>:1:1: undeclared reference to 'a' (in container '')\n | a\n | ^\nERROR: <input>:2:4: undeclared reference to 'b' (in container '')\n | && b\n | ...^",
    );
    check(
        "self.s.charAt('a')",
        "ERROR: <input>:1:14: found no matching overload for 'charAt' applied to 'string.(string)'\n | self.s.charAt('a')\n | .............^",
    );
    check(
        "self.s && true",
        "ERROR: <input>:1:5: expected type 'bool' but found 'string'\n | self.s && true\n | ....^",
    );
    // Of what is wrong already nothing more is said.
    check(
        "(self.s && true).size() == (1 || true)",
        "ERROR: <input>:1:6: expected type 'bool' but found 'string'\n | (self.s && true).size() == (1 || true)\n | .....^\nERROR: <input>:1:29: expected type 'bool' but found 'int'\n | (self.s && true).size() == (1 || true)\n | ............................^",
    );
    check(
        "'é'.nope == 'é'",
        "ERROR: <input>:1:4: type 'string' does not support field selection\n | 'é'.nope == 'é'\n | .\u{ff0e}.^",
    );
    check(
        "[1, 'a']",
        "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, 'a']\n | ....^",
    );
}

#[test]
fn syntax() {
    check(
        "self.n +",
        &format!(
            "ERROR: <input>:1:9: Syntax error: mismatched input '<EOF>' expecting {FIRST}\n | self.n +\n | ........^"
        ),
    );
    check(
        "Object{nope +",
        &format!(
            "ERROR: <input>:1:13: Syntax error: mismatched input '+' expecting ':'\n | Object{{nope +\n | ............^\nERROR: <input>:1:14: Syntax error: mismatched input '<EOF>' expecting {FIRST}\n | Object{{nope +\n | .............^"
        ),
    );
    check(
        "Object{spec: Object.spec{x: }}",
        &format!(
            "ERROR: <input>:1:29: Syntax error: mismatched input '}}' expecting {FIRST}\n | Object{{spec: Object.spec{{x: }}}}\n | ............................^"
        ),
    );
    check(
        "1 2",
        "ERROR: <input>:1:3: Syntax error: extraneous input '2' expecting <EOF>\n | 1 2\n | ..^",
    );
    check(
        "object.",
        "ERROR: <input>:1:8: Syntax error: no viable alternative at input '.'\n | object.\n | .......^",
    );
    check(
        "package == 1",
        "ERROR: <input>:1:1: reserved identifier: package\n | package == 1\n | ^",
    );
}

#[test]
fn brackets_that_are_not_closed() {
    check(
        "size([1, 2]",
        "ERROR: <input>:1:12: Syntax error: missing ')' at '<EOF>'\n | size([1, 2]\n | ...........^",
    );
    check(
        "size(size([1])",
        "ERROR: <input>:1:15: Syntax error: missing ')' at '<EOF>'\n | size(size([1])\n | ..............^",
    );
    check(
        "size(size([1",
        "ERROR: <input>:1:13: Syntax error: mismatched input '<EOF>' expecting {']', ','}\n | size(size([1\n | ............^",
    );
    check(
        "{'a': 1",
        "ERROR: <input>:1:8: Syntax error: mismatched input '<EOF>' expecting {'}', ','}\n | {'a': 1\n | .......^",
    );
}

#[test]
fn strings_that_are_not_closed() {
    check(
        "self.s == b'abc",
        "ERROR: <input>:1:12: Syntax error: token recognition error at: ''abc'\n | self.s == b'abc\n | ...........^",
    );
    check(
        "'a\\qb'",
        "ERROR: <input>:1:1: Syntax error: token recognition error at: ''a\\q'\n | 'a\\qb'\n | ^\nERROR: <input>:1:6: Syntax error: token recognition error at: '''\n | 'a\\qb'\n | .....^",
    );
    check(
        "a.`b(",
        "ERROR: <input>:1:3: Syntax error: token recognition error at: '`b('\n | a.`b(\n | ..^\nERROR: <input>:1:6: Syntax error: no viable alternative at input '.'\n | a.`b(\n | .....^",
    );
}

#[test]
fn signs_before_nothing() {
    check(
        "-]",
        &format!(
            "ERROR: <input>:1:2: Syntax error: no viable alternative at input '-]'\n | -]\n | .^\nERROR: <input>:1:2: Syntax error: mismatched input ']' expecting {FIRST}\n | -]\n | .^"
        ),
    );
    check(
        "!",
        &format!(
            "ERROR: <input>:1:2: Syntax error: extraneous input '<EOF>' expecting {FIRST}\n | !\n | .^"
        ),
    );
    check(
        "!-true",
        "ERROR: <input>:1:3: Syntax error: mismatched input 'true' expecting IDENTIFIER\n | !-true\n | ..^",
    );
}

#[test]
fn items_without_commas() {
    check(
        "[1 2, 3]",
        "ERROR: <input>:1:4: Syntax error: extraneous input '2' expecting {']', ','}\n | [1 2, 3]\n | ...^\nERROR: <input>:1:7: Syntax error: extraneous input '3' expecting ']'\n | [1 2, 3]\n | ......^",
    );
    check(
        "{'a': 1 2, 'b': 3}",
        "ERROR: <input>:1:9: Syntax error: extraneous input '2' expecting {'}', ','}\n | {'a': 1 2, 'b': 3}\n | ........^\nERROR: <input>:1:12: Syntax error: mismatched input ''b'' expecting '}'\n | {'a': 1 2, 'b': 3}\n | ...........^",
    );
}
