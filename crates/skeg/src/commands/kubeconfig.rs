//! `skeg kubeconfig`.

use anyhow::Result;

use crate::cli::KubeconfigArgs;
use crate::datadir::DataDir;
use crate::failure::OrFail;

/// Prints the administrator's kubeconfig, or where it is.
///
/// # Errors
/// There is none yet, or it may not be read.
pub fn run(args: &KubeconfigArgs) -> Result<()> {
    let path = DataDir::new(args.data_dir.path()).admin_kubeconfig();
    let text = std::fs::read_to_string(&path).or_fail(
        format!("cannot read {}", path.display()),
        "start the cluster first: skeg up --detach\nif it runs, read the file as the user who started it (sudo)",
    )?;
    if args.path {
        println!("{}", path.display());
        return Ok(());
    }
    for line in text.lines() {
        match (&args.server, line.split_once("server: ")) {
            (Some(server), Some((before, _))) => println!("{before}server: {server}"),
            _ => println!("{line}"),
        }
    }
    Ok(())
}
