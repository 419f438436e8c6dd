//! Development tasks: `cargo xtask tidy|codegen|test|bench`.

fn main() {}
