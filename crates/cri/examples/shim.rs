//! The program that the engine's tests execute: shim, and toolbox for the containers.

fn main() {
    skeg_cri::shim::dispatch();
    skeg_toolbox::dispatch();
    eprintln!("this program is for the tests of the engine");
    std::process::exit(2);
}
