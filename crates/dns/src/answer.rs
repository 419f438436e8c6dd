//! From a query's bytes to a reply's bytes.

use hickory_proto::{
    op::{Edns, Message, MessageType, OpCode, Query, ResponseCode},
    rr::{DNSClass, Name, Record, RecordType},
    serialize::binary::{BinEncodable, BinEncoder},
};
use parking_lot::RwLock;

use crate::{
    forward::{Forwarder, Way},
    metrics::Metrics,
    records::{Lookup, Question, Ttl},
    zone::Zone,
};

/// What we say that we can take over UDP: fits where fragments do not pass (DNS flag day 2020).
const UDP_PAYLOAD: u16 = 1232;
/// What a client without EDNS takes over UDP.
const UDP_PAYLOAD_PLAIN: u16 = 512;
/// Aliases that are followed for one query.
const ALIASES_MAX: usize = 8;
const HEADER_LEN: usize = 12;

/// What is to be done with a query.
pub(crate) enum Step {
    /// Nothing: it is no query.
    Ignore,
    /// This is the reply.
    Reply(Vec<u8>),
    /// Somebody else must be asked.
    Forward(Forward),
}

/// A query that somebody else must be asked about.
pub(crate) struct Forward {
    query: Vec<u8>,
    /// A reply that lacks only what an alias's target has.
    open: Option<Box<(Message, Name, RecordType)>>,
    max: u16,
}

pub(crate) struct Answerer<'a> {
    pub(crate) zone: &'a RwLock<Zone>,
    pub(crate) ttl: Ttl,
    pub(crate) metrics: &'a Metrics,
    pub(crate) forwarder: &'a Forwarder,
}

impl Answerer<'_> {
    /// Answers what can be answered without asking anybody; never waits.
    pub(crate) fn step(&self, bytes: &[u8], way: Way) -> Step {
        // What is no query is not answered, so that two servers never talk to each other.
        let Some(header) = bytes.get(..HEADER_LEN) else {
            self.metrics.malformed.add();
            return Step::Ignore;
        };
        if header[2] & 0x80 != 0 {
            return Step::Ignore;
        }
        let Ok(query) = Message::from_vec(bytes) else {
            self.metrics.malformed.add();
            let number = u16::from_be_bytes([header[0], header[1]]);
            let op = OpCode::from_u8((header[2] >> 3) & 0x0f);
            let reply = Message::error_msg(number, op, ResponseCode::FormErr);
            return self.reply(&reply, UDP_PAYLOAD_PLAIN);
        };
        let mut reply = reply_to(&query);
        let max = match way {
            Way::Tcp => u16::MAX,
            Way::Udp => query.edns.as_ref().map_or(UDP_PAYLOAD_PLAIN, |edns| {
                edns.max_payload().clamp(UDP_PAYLOAD_PLAIN, UDP_PAYLOAD)
            }),
        };
        let refusal = if query.metadata.op_code != OpCode::Query {
            Some(ResponseCode::NotImp)
        } else if query.queries.len() != 1 {
            Some(ResponseCode::FormErr)
        } else if query.edns.as_ref().is_some_and(|edns| edns.version() > 0) {
            Some(ResponseCode::BADVERS)
        } else if query.queries[0].query_class != DNSClass::IN
            || matches!(
                query.queries[0].query_type,
                RecordType::AXFR | RecordType::IXFR
            )
        {
            Some(ResponseCode::Refused)
        } else {
            None
        };
        if let Some(code) = refusal {
            reply.metadata.response_code = code;
            return self.reply(&reply, max);
        }
        let (name, ty) = (query.queries[0].name.clone(), query.queries[0].query_type);
        match self.fill(&mut reply, name, ty) {
            Filled::Whole => self.reply(&reply, max),
            Filled::Elsewhere => Step::Forward(Forward {
                query: bytes.to_vec(),
                open: None,
                max,
            }),
            Filled::Target(target) => match target_query(&target, ty) {
                Some(query) => {
                    let open = Some(Box::new((reply, target, ty)));
                    Step::Forward(Forward { query, open, max })
                }
                None => self.fail(reply, max),
            },
        }
    }

    /// Asks somebody else. When nobody answers, the reply says that the server failed.
    pub(crate) async fn forward(&self, forward: Forward, way: Way) -> Option<Vec<u8>> {
        self.metrics.forwarded.add();
        let Forward { query, open, max } = forward;
        let result = self.forwarder.ask(&query, way).await;
        if result.is_err() {
            self.metrics.forward_failures.add();
        }
        let step = match (result, open) {
            (Ok(bytes), None) => {
                let code = ResponseCode::from(0, bytes.get(3).copied().unwrap_or_default() & 0x0f);
                self.metrics.response(code);
                return Some(bytes);
            }
            (Ok(bytes), Some(open)) => {
                let (mut reply, ..) = *open;
                match Message::from_vec(&bytes) {
                    Ok(theirs) => {
                        reply.metadata.response_code = theirs.metadata.response_code;
                        reply.metadata.truncation |= theirs.metadata.truncation;
                        reply.add_answers(theirs.answers);
                        self.reply(&reply, max)
                    }
                    Err(_) => self.fail(reply, max),
                }
            }
            (Err(_), Some(open)) => self.fail(open.0, max),
            (Err(_), None) => match Message::from_vec(&query) {
                Ok(query) => self.fail(reply_to(&query), max),
                Err(_) => return None,
            },
        };
        match step {
            Step::Reply(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The reply when there is no room to ask anybody.
    pub(crate) fn overloaded(&self, forward: &Forward) -> Step {
        self.metrics.overload.add();
        match Message::from_vec(&forward.query) {
            Ok(query) if forward.open.is_none() => self.fail(reply_to(&query), forward.max),
            _ => match &forward.open {
                Some(open) => self.fail(open.0.clone(), forward.max),
                None => Step::Ignore,
            },
        }
    }

    fn fail(&self, mut reply: Message, max: u16) -> Step {
        reply.metadata.response_code = ResponseCode::ServFail;
        reply.metadata.authoritative = false;
        reply.answers.clear();
        self.reply(&reply, max)
    }

    fn fill(&self, reply: &mut Message, mut name: Name, ty: RecordType) -> Filled {
        let zone = self.zone.read();
        for _ in 0..ALIASES_MAX {
            let question = Question::new(&zone, &name, ty, self.ttl);
            match question.answer() {
                Lookup::Elsewhere if reply.answers.is_empty() => return Filled::Elsewhere,
                Lookup::Elsewhere => {
                    // Only these can lie behind an alias that a client follows.
                    let follow = matches!(ty, RecordType::A | RecordType::AAAA | RecordType::ANY);
                    return if follow {
                        Filled::Target(name)
                    } else {
                        Filled::Whole
                    };
                }
                _ if !zone.is_complete() => {
                    reply.metadata.response_code = ResponseCode::ServFail;
                    reply.answers.clear();
                    return Filled::Whole;
                }
                Lookup::NoName => {
                    reply.metadata.authoritative = true;
                    reply.metadata.response_code = ResponseCode::NXDomain;
                    reply.add_authorities(question.authority());
                    return Filled::Whole;
                }
                Lookup::Found {
                    answers,
                    additionals,
                } => {
                    reply.metadata.authoritative = true;
                    if answers.is_empty() {
                        reply.add_authorities(question.authority());
                    }
                    reply.add_answers(answers);
                    reply.add_additionals(additionals);
                    return Filled::Whole;
                }
                Lookup::Alias { record, target } => {
                    reply.metadata.authoritative = true;
                    reply.add_answer(*record);
                    name = target;
                }
            }
        }
        // A circle of aliases.
        reply.metadata.response_code = ResponseCode::ServFail;
        reply.answers.clear();
        Filled::Whole
    }

    fn reply(&self, reply: &Message, max: u16) -> Step {
        self.metrics.response(reply.metadata.response_code);
        let Some((bytes, truncated)) = encode(reply, max) else {
            return Step::Ignore;
        };
        if truncated {
            self.metrics.truncated.add();
        }
        Step::Reply(bytes)
    }
}

enum Filled {
    Whole,
    Elsewhere,
    Target(Name),
}

fn reply_to(query: &Message) -> Message {
    let mut reply = Message::response(query.metadata.id, query.metadata.op_code);
    reply.metadata.message_type = MessageType::Response;
    reply.metadata.recursion_desired = query.metadata.recursion_desired;
    reply.metadata.recursion_available = true;
    reply.metadata.checking_disabled = query.metadata.checking_disabled;
    // More than one question is refused, and not repeated.
    reply.add_queries(query.queries.first().cloned());
    if query.edns.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(UDP_PAYLOAD);
        reply.set_edns(edns);
    }
    reply
}

fn target_query(target: &Name, ty: RecordType) -> Option<Vec<u8>> {
    let mut message = Message::new(fastrand::u16(..), MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(target.clone(), ty));
    message.to_vec().ok()
}

/// Writes a message in at most `max` bytes: what is only helpful goes first, then answers from
/// the end, which the client is told. Answers whether that was necessary.
fn encode(message: &Message, max: u16) -> Option<(Vec<u8>, bool)> {
    let write = |message: &Message| -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(512);
        let mut encoder = BinEncoder::new(&mut bytes);
        encoder.set_max_size(u16::MAX);
        message.emit(&mut encoder).ok()?;
        Some(bytes)
    };
    let fits = |bytes: &Vec<u8>| bytes.len() <= usize::from(max);
    let whole = write(message)?;
    if fits(&whole) {
        return Some((whole, false));
    }
    let mut smaller = message.clone();
    smaller.additionals.clear();
    let bytes = write(&smaller)?;
    if fits(&bytes) {
        return Some((bytes, false));
    }
    smaller.metadata.truncation = true;
    let all: Vec<Record> = std::mem::take(&mut smaller.answers);
    let mut count = all.len();
    loop {
        count /= 2;
        smaller.answers = all[..count].to_vec();
        let bytes = write(&smaller)?;
        if fits(&bytes) || count == 0 {
            return Some((bytes, true));
        }
    }
}
