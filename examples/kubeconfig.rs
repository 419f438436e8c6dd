//! Reads and writes kubeconfigs: lists the contexts, or adds one whose user logs
//! in by a plugin.
//!
//! `cargo run -p skeg-examples --example kubeconfig` lists them;
//! `… --example kubeconfig -- add FILE NAME SERVER PLUGIN [ARGUMENT…]` adds one
//! to a file, as `aws eks update-kubeconfig` and its like do.

use std::path::Path;

use anyhow::{Result, bail};
use skeg_client::Kubeconfig;
use skeg_client::config::{
    ExecPlugin, KubeconfigCluster, KubeconfigContext, KubeconfigFile, KubeconfigUser,
};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => list(),
        ["add", file, name, server, plugin, arguments @ ..] => {
            add(Path::new(file), name, server, plugin, arguments)
        }
        _ => bail!("usage: kubeconfig [add FILE NAME SERVER PLUGIN [ARGUMENT…]]"),
    }
}

fn list() -> Result<()> {
    let kubeconfig = Kubeconfig::from_environment()?;
    for context in kubeconfig.contexts() {
        let mark = if context.name == kubeconfig.current_context {
            "*"
        } else {
            " "
        };
        // Whatever is wrong with a context is told in a line.
        match kubeconfig.config(Some(&context.name)) {
            Ok(config) => println!(
                "{mark} {} {} as {}",
                context.name, config.server, context.user
            ),
            Err(error) => println!("{mark} {} is unusable: {error}", context.name),
        }
    }
    Ok(())
}

fn add(file: &Path, name: &str, server: &str, plugin: &str, arguments: &[&str]) -> Result<()> {
    let mut exec = ExecPlugin::new(plugin);
    exec.args = arguments
        .iter()
        .map(|&argument| argument.to_owned())
        .collect();
    exec.provide_cluster_info = true;
    // Other programs that change the file wait; all else in it stays as it is.
    KubeconfigFile::change(file, |kubeconfig| {
        let cluster = KubeconfigCluster {
            server: Some(server.to_owned()),
            ..KubeconfigCluster::default()
        };
        let user = KubeconfigUser {
            exec: Some(exec),
            ..KubeconfigUser::default()
        };
        kubeconfig.set_cluster(name, &cluster);
        kubeconfig.set_user(name, &user);
        kubeconfig.set_context(&KubeconfigContext {
            name: name.to_owned(),
            cluster: name.to_owned(),
            user: name.to_owned(),
            namespace: String::new(),
        });
        kubeconfig.set_current_context(name);
    })?;
    println!("added {name} to {}", file.display());
    Ok(())
}
