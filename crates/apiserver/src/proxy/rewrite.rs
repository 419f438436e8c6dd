//! Answers of workloads seen through the proxy: redirects and links of HTML
//! pages that begin at the root lead below the proxy's path.

use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderMap, HeaderValue, Response, header};
use skeg_client::Payload;

/// Bytes of one tag; longer ones stay as they are.
const TAG_LEN_MAX: usize = 64 * 1024;

/// Attributes with URLs, by element.
const LINKS: &[(&str, &[&str])] = &[
    ("a", &["href"]),
    ("applet", &["codebase"]),
    ("area", &["href"]),
    ("audio", &["src"]),
    ("base", &["href"]),
    ("blockquote", &["cite"]),
    ("body", &["background"]),
    ("button", &["formaction"]),
    ("command", &["icon"]),
    ("del", &["cite"]),
    ("embed", &["src"]),
    ("form", &["action"]),
    ("frame", &["longdesc", "src"]),
    ("head", &["profile"]),
    ("html", &["manifest"]),
    ("iframe", &["longdesc", "src"]),
    ("img", &["longdesc", "src", "usemap"]),
    ("input", &["formaction", "src", "usemap"]),
    ("ins", &["cite"]),
    ("link", &["href"]),
    ("object", &["classid", "codebase", "data", "usemap"]),
    ("q", &["cite"]),
    ("script", &["src"]),
    ("source", &["src"]),
    ("video", &["poster", "src"]),
];

/// Where a workload's pages are seen.
#[derive(Clone, Debug)]
pub struct Rewriter {
    /// Path of the proxy, without the last slash.
    prefix: String,
    /// The workload's `host:port`.
    backend: String,
}

impl Rewriter {
    /// Below `prefix` stand the pages of `backend`.
    pub fn new(prefix: &str, backend: &str) -> Self {
        Self {
            prefix: prefix.trim_end_matches('/').to_owned(),
            backend: backend.to_owned(),
        }
    }

    /// Headers that tell a workload how it is seen.
    pub fn forwarded(&self, headers: &mut HeaderMap, tail: &str) {
        // Only what is not packed can be rewritten.
        let wants_html = headers
            .get(header::ACCEPT)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"));
        if wants_html {
            headers.remove(header::ACCEPT_ENCODING);
        }
        let uri = format!("{}{tail}", self.prefix);
        if let Ok(value) = HeaderValue::from_str(&uri) {
            headers.insert("x-forwarded-uri", value);
        }
    }

    /// A URL of the workload as clients must write it.
    fn url(&self, url: &str) -> String {
        let path = match url.split_once("://") {
            Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
                let (host, path) = match rest.find('/') {
                    Some(at) => rest.split_at(at),
                    None => (rest, "/"),
                };
                if host != self.backend {
                    return url.to_owned();
                }
                path
            }
            // Of another host, or relative to where it stands.
            _ if url.starts_with("//") || !url.starts_with('/') => return url.to_owned(),
            _ => url,
        };
        if path.starts_with(&self.prefix) {
            return path.to_owned();
        }
        format!("{}{path}", self.prefix)
    }

    /// Rewrites an answer.
    pub fn answer(&self, response: Response<Payload>) -> Response<Payload> {
        let (mut parts, body) = response.into_parts();
        let location = parts.headers.get(header::LOCATION);
        if let Some(location) = location.and_then(|v| v.to_str().ok())
            && let Ok(value) = HeaderValue::from_str(&self.url(location))
        {
            parts.headers.insert(header::LOCATION, value);
        }
        let is = |name: &header::HeaderName, wanted: &str| {
            parts
                .headers
                .get(name)
                .and_then(|v| v.to_str().ok())
                .and_then(|v| v.split(';').next())
                .is_some_and(|v| v.trim().eq_ignore_ascii_case(wanted))
        };
        let html = is(&header::CONTENT_TYPE, "text/html")
            && !parts.headers.contains_key(header::CONTENT_ENCODING);
        let Payload::Stream(mut stream) = body else {
            return Response::from_parts(parts, body);
        };
        if !html {
            return Response::from_parts(parts, Payload::Stream(stream));
        }
        parts.headers.remove(header::CONTENT_LENGTH);
        let mut pages = Pages {
            rewriter: self.clone(),
            pending: Vec::new(),
            raw_until: None,
        };
        let rewritten = async_stream(move |sender| async move {
            while let Some(piece) = stream.next().await {
                let piece = piece.map(|bytes| Bytes::from(pages.feed(&bytes)));
                let failed = piece.is_err();
                if sender.send(piece).await.is_err() || failed {
                    return;
                }
            }
            let rest = Bytes::from(std::mem::take(&mut pages.pending));
            // Who has gone needs no rest.
            let _ = sender.send(Ok(rest)).await;
        });
        Response::from_parts(parts, Payload::Stream(rewritten))
    }
}

type Piece = Result<Bytes, skeg_client::BoxError>;

/// A stream that a task fills; it ends when the stream is dropped.
fn async_stream<F, Fut>(fill: F) -> futures::stream::BoxStream<'static, Piece>
where
    F: FnOnce(tokio::sync::mpsc::Sender<Piece>) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    tokio::spawn(fill(sender));
    tokio_stream::wrappers::ReceiverStream::new(receiver).boxed()
}

/// HTML on its way.
struct Pages {
    rewriter: Rewriter,
    /// The beginning of a tag whose end has not come yet.
    pending: Vec<u8>,
    /// Inside of an element whose content is no HTML.
    raw_until: Option<&'static [u8]>,
}

impl Pages {
    /// Takes more of the page; gives what is ready.
    fn feed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut input = std::mem::take(&mut self.pending);
        input.extend_from_slice(bytes);
        let mut out = Vec::with_capacity(input.len() + 64);
        let mut at = 0;
        while at < input.len() {
            let rest = &input[at..];
            let Some(open) = rest.iter().position(|b| *b == b'<') else {
                out.extend_from_slice(rest);
                return out;
            };
            out.extend_from_slice(&rest[..open]);
            let tag = &rest[open..];
            let Some(len) = tag_len(tag) else {
                if tag.len() > TAG_LEN_MAX {
                    out.extend_from_slice(tag);
                } else {
                    self.pending = tag.to_vec();
                }
                return out;
            };
            let tag = &tag[..len];
            at += open + len;
            if let Some(end) = self.raw_until {
                if tag.to_ascii_lowercase().starts_with(end) {
                    self.raw_until = None;
                } else {
                    // A `<` in a script is no tag: only it is passed.
                    out.push(b'<');
                    at -= len - 1;
                    continue;
                }
                out.extend_from_slice(tag);
                continue;
            }
            self.tag(tag, &mut out);
        }
        out
    }

    fn tag(&mut self, tag: &[u8], out: &mut Vec<u8>) {
        let Ok(text) = std::str::from_utf8(tag) else {
            out.extend_from_slice(tag);
            return;
        };
        let name_end = text[1..]
            .find(|c: char| !c.is_ascii_alphanumeric())
            .map_or(text.len(), |at| at + 1);
        let name = text[1..name_end].to_ascii_lowercase();
        self.raw_until = match name.as_str() {
            "script" => Some(b"</script"),
            "style" => Some(b"</style"),
            _ => None,
        };
        let Some((_, attributes)) = LINKS.iter().find(|(element, _)| *element == name) else {
            out.extend_from_slice(tag);
            return;
        };
        out.extend_from_slice(&tag[..name_end]);
        let mut rest = &text[name_end..];
        while let Some((before, key, quote, value, after)) = next_attribute(rest) {
            out.extend_from_slice(before.as_bytes());
            if attributes.iter().any(|a| a.eq_ignore_ascii_case(key)) {
                let url = self.rewriter.url(value);
                out.extend_from_slice(url.as_bytes());
            } else {
                out.extend_from_slice(value.as_bytes());
            }
            out.extend_from_slice(quote.as_bytes());
            rest = after;
        }
        out.extend_from_slice(rest.as_bytes());
    }
}

/// Length of the tag that begins here, if its end is there. Quoted `>` do not
/// count; comments end in their own way.
fn tag_len(tag: &[u8]) -> Option<usize> {
    if tag.starts_with(b"<!--") {
        let end = tag.windows(3).skip(4).position(|w| w == b"-->")?;
        return Some(end + 7);
    }
    let mut quote = None;
    for (at, byte) in tag.iter().enumerate() {
        match quote {
            Some(open) if *byte == open => quote = None,
            Some(_) => {}
            None => match byte {
                b'"' | b'\'' if tag[..at].ends_with(b"=") => quote = Some(*byte),
                b'>' => return Some(at + 1),
                _ => {}
            },
        }
    }
    None
}

/// Text up to a quoted value, its key, the closing quote, the value, the rest.
fn next_attribute(text: &str) -> Option<(&str, &str, &str, &str, &str)> {
    let equals = text.find("=\"").into_iter().chain(text.find("='")).min()?;
    let start = equals + 2;
    let quote = &text[equals + 1..start];
    let len = text[start..].find(quote)?;
    let key = text[..equals]
        .rsplit(|c: char| c.is_ascii_whitespace())
        .next()
        .unwrap_or_default();
    let end = start + len;
    Some((
        &text[..start],
        key,
        quote,
        &text[start..end],
        &text[end + quote.len()..],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewriter() -> Rewriter {
        Rewriter::new("/api/v1/namespaces/ns/services/s/proxy", "10.0.0.1:80")
    }

    #[test]
    fn urls() {
        let check = |url: &str, expect: &str| assert_eq!(rewriter().url(url), expect, "{url}");
        check("/a?b", "/api/v1/namespaces/ns/services/s/proxy/a?b");
        check("a/b", "a/b");
        check("//cdn/x", "//cdn/x");
        check("https://elsewhere/x", "https://elsewhere/x");
        check(
            "http://10.0.0.1:80/x",
            "/api/v1/namespaces/ns/services/s/proxy/x",
        );
        check(
            "/api/v1/namespaces/ns/services/s/proxy/x",
            "/api/v1/namespaces/ns/services/s/proxy/x",
        );
    }

    #[test]
    fn pages_in_any_pieces() {
        let page = "<html><!-- <a href=\"/no\"> --><a class='x' href=\"/yes\">t</a><img src='/i.png'/><script>if (a<b) { x = '<a href=\"/no\">' }</script><p title=\"/no\">";
        let p = "/api/v1/namespaces/ns/services/s/proxy";
        let expect = format!(
            "<html><!-- <a href=\"/no\"> --><a class='x' href=\"{p}/yes\">t</a><img src='{p}/i.png'/><script>if (a<b) {{ x = '<a href=\"/no\">' }}</script><p title=\"/no\">"
        );
        for size in [1, 7, page.len()] {
            let mut pages = Pages {
                rewriter: rewriter(),
                pending: Vec::new(),
                raw_until: None,
            };
            let mut out = Vec::new();
            for piece in page.as_bytes().chunks(size) {
                out.extend(pages.feed(piece));
            }
            out.extend_from_slice(&pages.pending);
            assert_eq!(String::from_utf8_lossy(&out), expect, "pieces of {size}");
        }
    }
}
