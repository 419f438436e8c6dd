//! Nothing that is written can make the crate panic or run away.

use proptest::prelude::*;
use skeg_cel::{Activation, Env, EnvOptions, limits};

/// Compiles and evaluates whatever it is.
fn run(text: &str) {
    let env = Env::new(EnvOptions::stored().with_mutation());
    if let Ok(program) = env.compile(text) {
        let _ = program.eval(&Activation::new(), limits::PER_CALL);
    }
}

const WORDS: &[&str] = &[
    "1",
    "-",
    "0x",
    "'a'",
    "\"",
    "'",
    "b'\\x",
    "r'''",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ".",
    "?",
    ":",
    ",",
    "+",
    "*",
    "/",
    "%",
    "!",
    "==",
    "<",
    "&&",
    "||",
    "in",
    "a",
    "has",
    ".all(",
    ".map(",
    "x",
    "true",
    "null",
    "Object{",
    "`a`",
    "optional.of(",
    ".?a",
    "[?",
    "1u",
    "1.5e",
    "//",
    "\n",
    "é",
    "=",
    "&",
    "duration('",
    ".transformMap(",
    ".optMap(",
    ".sortBy(",
    "@",
    "lists.range(9)",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn words_in_any_order(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..24)) {
        run(&words.join(""));
        run(&words.join(" "));
    }

    #[test]
    fn any_text(text in "\\PC{0,60}") {
        run(&text);
    }

    #[test]
    fn any_pattern(pattern in "[\\[\\](){}|*+?.^$a-c0-9,\\\\dwsQE:-]{0,14}") {
        run(&format!("'abc'.matches(r\"\"\"{pattern}\"\"\" + '')"));
    }
}

#[test]
fn long_expressions_take_time_in_proportion() {
    let env = Env::new(EnvOptions::stored());
    let long = vec!["[1] == []"; 7000].join(" && ");
    let started = std::time::Instant::now();
    let program = env.compile(&long).unwrap();
    let _ = program.eval(&Activation::new(), limits::PER_CALL);
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn depth_and_size_are_bounded() {
    let deep = |open: &str, close: &str, count: usize| {
        format!("{}1{}", open.repeat(count), close.repeat(count))
    };
    for text in [
        deep("(", ")", 5000),
        deep("[", "]", 5000),
        deep("{1:", "}", 5000),
        deep("[1].map(x,", ")", 2000),
        deep("!", "", 5000),
        "1+".repeat(20_000) + "1",
        format!("{{}}{}", ".a".repeat(20_000)),
        "true?1:".repeat(5000) + "1",
        "a".repeat(200_000),
        format!("optional.of(1){}", ".optMap(x, x)".repeat(40)),
        "(".repeat(90_000),
        "[".repeat(90_000),
    ] {
        run(&text);
    }
    let env = Env::new(EnvOptions::stored());
    let error = env.compile(&deep("(", ")", 300)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ERROR: <input>:-1:0: expression recursion limit exceeded: 250"
    );
    assert!(env.compile(&deep("(", ")", 200)).is_ok());
    let logic = vec!["true"; 4000].join(" && ");
    assert!(env.compile(&logic).is_ok());
}
