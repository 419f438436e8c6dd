//! Makes the release binary small; the linker is the one that rustc brings.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|held| held == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") {
        // A quarter of all functions are the same as another.
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
        // Tables are full of addresses, one word each to relocate instead of three.
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
