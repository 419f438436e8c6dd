//! Server-side apply: two managers share a deployment, collide, and one takes
//! what it is there for.
//!
//! `cargo run --example server_side_apply`

use skeg_api::apps::v1::Deployment;
use skeg_client::{Api, Apply, ApplyOptions, Client, apply};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let api: Api<Deployment> = Api::default_namespaced(Client::from_environment()?);

    // Only what is written here belongs to the manager, and the compiler knows it all.
    let config = apply!(Deployment, "applied", {
        spec: {
            replicas: 1,
            selector: { match_labels: { "app": "applied" } },
            template: {
                metadata: { labels: { "app": "applied" } },
                spec: { containers: [{
                    name: "main",
                    image: "example.com/web:1",
                    resources: { requests: { "cpu": "10m" } },
                }] },
            },
        },
    });
    api.apply(&config, "deployer").await?;

    // Somebody else wants other replicas.
    let scaler = apply!(Deployment, "applied", { spec: { replicas: 3 } });
    let error = api
        .apply(&scaler, "scaler")
        .await
        .expect_err("two managers want one field");
    for conflict in error.apply_conflicts() {
        println!("{} belongs to {}", conflict.field, conflict.manager);
    }
    api.apply(&scaler, ApplyOptions::manager("scaler").force())
        .await?;

    // What a manager owns can be read back, changed and applied again.
    let object = api.get("applied").await?;
    let mine = Apply::extract(&*object, "deployer").set(
        "spec.template.spec.containers[name=main].image",
        "example.com/web:2",
    )?;
    let object = api.apply(&mine, "deployer").await?;
    println!(
        "applied: {} replicas of {}",
        object.spec.replicas.unwrap_or_default(),
        object.spec.template.spec.containers[0].image,
    );
    Ok(())
}
