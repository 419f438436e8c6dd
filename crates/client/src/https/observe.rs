//! Tells of the connections that are open.

use std::sync::Arc;

use crate::telemetry::{Event, Recorder};

/// Tells a recorder of connections to one server.
#[derive(Clone)]
pub(super) struct Connections {
    pub(super) server: Arc<str>,
    pub(super) recorder: Option<Arc<dyn Recorder>>,
}

/// One connection that is open until this is dropped.
pub(super) struct Open {
    of: Connections,
    protocol: &'static str,
}

impl Connections {
    pub(super) fn opened(&self, protocol: &'static str) -> Open {
        tracing::debug!(server = &*self.server, protocol, "connected");
        if let Some(recorder) = &self.recorder {
            recorder.record(&Event::ConnectionOpened {
                server: &self.server,
                protocol,
            });
        }
        Open {
            of: self.clone(),
            protocol,
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(recorder) = &self.of.recorder {
            recorder.record(&Event::ConnectionClosed {
                server: &self.of.server,
                protocol: self.protocol,
            });
        }
    }
}
