//! Controllers that look at each object of a kind by itself.

use std::future::Future;
use std::sync::Arc;

use skeg_meta::Object;
use skeg_runtime::{Controller, Delta, Next, ObjectName, ReconcileError};

use crate::Context;
use crate::workload::unless_gone;

/// Does something about each object of a kind that waits for it: when it is
/// new or has changed, and when what was done says so. Ends when the
/// controllers do.
pub(crate) async fn look_after<K: Object, F>(
    context: &Context,
    name: &'static str,
    workers: usize,
    waits: fn(&K) -> bool,
    act: impl Fn(Context, Arc<K>) -> F + Send + Sync + 'static,
) where
    F: Future<Output = Result<Next, ReconcileError>> + Send + 'static,
{
    let objects = context.informers.informer::<K>();
    let queue = context.queue::<ObjectName>();
    let to = queue.clone();
    objects.on_change(move |delta| {
        let object = delta.object();
        if !matches!(delta, Delta::Deleted { .. }) && waits(object) {
            to.add(ObjectName::of(object.meta()));
        }
    });
    objects.synced().await;
    let own = context.clone();
    Controller::new(name, queue)
        .workers(workers)
        .run(context.cancel.clone(), move |name| {
            let object = objects.store().get(&name).filter(|object| waits(object));
            let doing = object.map(|object| act(own.clone(), object));
            async move {
                match doing {
                    Some(doing) => unless_gone(doing.await),
                    None => Ok(Next::Done),
                }
            }
        })
        .await;
}
