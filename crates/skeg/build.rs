//! Makes the release binary small; the linker is the one that rustc brings.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|held| held == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") {
        // A quarter of all functions are the same as another.
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
        // Tables are full of addresses, one word each to relocate instead of three.
        if libc_unpacks() {
            println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
    }
}

/// Whether the C library that is linked in knows packed relocations, which
/// glibc does from 2.36 on. With an older one the program would not start.
fn libc_unpacks() -> bool {
    let asked = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let text = asked.map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
    let text = text.unwrap_or_default();
    let Some((major, minor)) = text
        .trim()
        .strip_prefix("glibc ")
        .and_then(|version| version.split_once('.'))
    else {
        return false;
    };
    let number = |part: &str| part.parse::<u32>().unwrap_or(0);
    (number(major), number(minor)) >= (2, 36)
}
