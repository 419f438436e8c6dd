//! What was asked of the server, and what it answered: the memory of a
//! cluster, from which timelines are told and recordings are written.

use std::collections::VecDeque;
use std::sync::Arc;

use http::{Request, Response};
use jiff::Timestamp;
use parking_lot::Mutex;
use skeg_apiserver::Asker;
use skeg_client::Payload;
use skeg_meta::Status;
use skeg_runtime::Clock;

use crate::about::About;
use crate::record::{Recorder, Recording};

/// Requests that are remembered; the oldest are forgotten.
const ENTRIES_MAX: usize = 200_000;

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Counts requests from 1 on, in the order of their answers.
    pub number: u64,
    /// When it was answered, by the cluster's clock.
    pub at: Timestamp,
    /// What it was about.
    pub about: About,
    /// Who asked, as the server found out.
    pub user: String,
    /// The HTTP code.
    pub code: u16,
    /// The version of the object in the answer; 0 where it has none.
    pub revision: u64,
    /// Whether a fault answered, and not the server.
    pub injected: bool,
    /// What a refusal says.
    pub message: String,
}

struct Inner {
    entries: VecDeque<Entry>,
    count: u64,
}

/// The memory of one cluster.
pub(crate) struct Traffic {
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
    recorder: Option<Arc<Recorder>>,
}

/// A request that was let in.
pub(crate) struct Noted {
    about: About,
    recording: Option<Recording>,
}

impl Traffic {
    pub(crate) fn new(clock: Arc<dyn Clock>, recorder: Option<Arc<Recorder>>) -> Self {
        Self {
            clock,
            inner: Mutex::new(Inner {
                entries: VecDeque::new(),
                count: 0,
            }),
            recorder,
        }
    }

    /// Notes a request before it is answered.
    pub(crate) async fn begin(
        &self,
        about: &About,
        request: Request<Payload>,
    ) -> (Request<Payload>, Noted) {
        let about = about.clone();
        let Some(recorder) = &self.recorder else {
            let recording = None;
            return (request, Noted { about, recording });
        };
        let (request, recording) = recorder.begin(request).await;
        let recording = Some(recording);
        (request, Noted { about, recording })
    }

    /// Notes its answer.
    pub(crate) fn end(&self, noted: Noted, response: Response<Payload>) -> Response<Payload> {
        let Noted {
            mut about,
            recording,
        } = noted;
        let asker = response.extensions().get::<Asker>();
        let user = asker.map(|asker| asker.0.name.clone()).unwrap_or_default();
        let mut revision = 0;
        let mut message = String::new();
        match response.body() {
            Payload::Object(object) => {
                revision = object.revision();
                if about.name.is_empty() {
                    object.name().clone_into(&mut about.name);
                }
            }
            Payload::Status(status) => message.clone_from(&status.message),
            Payload::Bytes(bytes) if about.writes() || !response.status().is_success() => {
                if let Ok(tree) = skeg_schema::decode_json_any(bytes) {
                    let meta = &tree["metadata"];
                    revision = meta["resourceVersion"]
                        .as_str()
                        .and_then(|text| text.parse().ok())
                        .unwrap_or_default();
                    if about.name.is_empty()
                        && let Some(name) = meta["name"].as_str()
                    {
                        name.clone_into(&mut about.name);
                    }
                    if tree["kind"].as_str() == Some("Status") {
                        tree["message"]
                            .as_str()
                            .unwrap_or_default()
                            .clone_into(&mut message);
                    }
                }
            }
            _ => {}
        }
        let code = response.status().as_u16();
        let number = self.note(Entry {
            number: 0,
            at: self.clock.now(),
            about,
            user: user.clone(),
            code,
            revision,
            injected: false,
            message,
        });
        match (&self.recorder, recording) {
            (Some(recorder), Some(recording)) => {
                recorder.end(recording, number, self.clock.now(), &user, response)
            }
            _ => response,
        }
    }

    /// Notes a request that a fault refused.
    pub(crate) fn refused(&self, about: &About, status: &Status) {
        self.note(Entry {
            number: 0,
            at: self.clock.now(),
            about: about.clone(),
            user: about.user.clone(),
            code: u16::try_from(status.code).unwrap_or_default(),
            revision: 0,
            injected: true,
            message: status.message.clone(),
        });
    }

    fn note(&self, entry: Entry) -> u64 {
        let mut inner = self.inner.lock();
        inner.count += 1;
        let number = inner.count;
        if inner.entries.len() >= ENTRIES_MAX {
            inner.entries.pop_front();
        }
        inner.entries.push_back(Entry { number, ..entry });
        number
    }

    /// All that are remembered, oldest first.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.inner.lock().entries.iter().cloned().collect()
    }
}
