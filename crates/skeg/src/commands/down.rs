//! `skeg down`.

use std::time::Duration;

use anyhow::Result;

use crate::cli::DownArgs;
use crate::datadir::DataDir;

/// A process ends within five seconds; a loaded machine gets twice that.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Stops the cluster.
///
/// # Errors
/// It cannot be stopped.
pub fn run(args: &DownArgs) -> Result<()> {
    let dir = DataDir::new(args.data_dir.path());
    let stopped = dir.stop_instance(PATIENCE)?;
    match stopped {
        true => println!("stopped"),
        false => println!("nothing runs from {}", dir.root().display()),
    }
    if args.containers {
        // Nobody may start the cluster while its containers end.
        let _lock = dir.lock()?;
        super::node::remove_containers(&dir, &dir.instance_id()?)?;
        println!("stopped all containers");
    }
    Ok(())
}
