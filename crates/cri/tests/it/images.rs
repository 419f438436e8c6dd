//! Images through the engine: import, pull, and what is wrong with some.

use std::{
    collections::HashMap,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use skeg_cri::{
    ErrorKind, ImageService as _, PullRequest, RegistryAuth, RuntimeService as _, engine::Engine,
};
use skeg_oci::image::Digest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Rig, TOOLBOX, command, shell, until};

/// A layer: entries of a name and what it is.
enum Entry {
    File(&'static str, &'static str),
    Folder(&'static str),
    Link(&'static str, &'static str),
    HardLink(&'static str, &'static str),
}

fn tar(entries: &[Entry]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for entry in entries {
        let mut header = tar::Header::new_ustar();
        header.set_mode(0o755);
        header.set_mtime(1_000_000);
        let (name, data): (&str, &[u8]) = match entry {
            Entry::File(name, data) => (name, data.as_bytes()),
            Entry::Folder(name) => {
                header.set_entry_type(tar::EntryType::Directory);
                (name, b"")
            }
            Entry::Link(name, to) => {
                header.set_entry_type(tar::EntryType::Symlink);
                header.set_link_name(to).unwrap();
                (name, b"")
            }
            Entry::HardLink(name, to) => {
                header.set_entry_type(tar::EntryType::Link);
                header.set_link_name(to).unwrap();
                (name, b"")
            }
        };
        header.set_size(data.len() as u64);
        // Written directly: the library refuses the names that these tests are about.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, data).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An image's content by digest, and the digest of its manifest.
struct Image {
    blobs: HashMap<Digest, Vec<u8>>,
    manifest: Digest,
}

impl Image {
    fn new(layers: &[Vec<u8>]) -> Self {
        let mut blobs = HashMap::new();
        let mut put = |bytes: Vec<u8>| {
            let digest = Digest::of(&bytes);
            let size = bytes.len();
            blobs.insert(digest, bytes);
            format!(r#"{{"mediaType":"x/y","digest":"{digest}","size":{size}}}"#)
        };
        let diff_ids: Vec<_> = layers
            .iter()
            .map(|layer| format!("\"{}\"", Digest::of(layer)))
            .collect();
        let config = format!(
            r#"{{"architecture":"amd64","os":"linux","config":{{"Cmd":["/hello"],"Env":["A=b"],"User":"7:8"}},"rootfs":{{"type":"layers","diff_ids":[{}]}}}}"#,
            diff_ids.join(",")
        );
        let config = put(config.into_bytes());
        let layers: Vec<_> = layers.iter().map(|layer| put(gzip(layer))).collect();
        let manifest = format!(
            r#"{{"schemaVersion":2,"config":{config},"layers":[{}]}}"#,
            layers.join(",")
        );
        let manifest_digest = Digest::of(manifest.as_bytes());
        put(manifest.into_bytes());
        Self {
            blobs,
            manifest: manifest_digest,
        }
    }

    /// Writes it as an OCI layout.
    fn layout(&self, folder: &Path, name: &str) -> PathBuf {
        let blobs = folder.join("blobs/sha256");
        std::fs::create_dir_all(&blobs).unwrap();
        for (digest, bytes) in &self.blobs {
            std::fs::write(blobs.join(digest.hex()), bytes).unwrap();
        }
        let size = self.blobs[&self.manifest].len();
        let index = format!(
            r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"m","digest":"{}","size":{size},"annotations":{{"io.containerd.image.name":"{name}"}}}}]}}"#,
            self.manifest
        );
        std::fs::write(folder.join("index.json"), index).unwrap();
        folder.to_owned()
    }
}

fn plain() -> Vec<Vec<u8>> {
    vec![
        tar(&[
            Entry::Folder("etc"),
            Entry::File("etc/old", "old"),
            Entry::File("etc/kept", "kept"),
            Entry::Folder("dir"),
            Entry::File("dir/below", "below"),
            Entry::File("hello", "#!/bin/sh\n"),
        ]),
        tar(&[
            Entry::File("etc/.wh.old", ""),
            Entry::HardLink("etc/linked", "etc/kept"),
            Entry::Folder("dir"),
            Entry::File("dir/.wh..wh..opq", ""),
            Entry::File("dir/above", "above"),
            Entry::Link("abs", "/etc/kept"),
        ]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn layouts_and_saved_archives_are_imported() {
    let Some(rig) = Rig::new().await else { return };
    let image = Image::new(&plain());
    let layout = image.layout(&rig.folder.path().join("layout"), "example.com/a/b:1");
    let names = rig.engine.import_image(&layout, None).await.unwrap();
    assert_eq!(names, ["example.com/a/b:1"]);
    let info = rig
        .engine
        .image_status("example.com/a/b:1")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((info.uid, info.cmd), (Some(7), vec!["/hello".to_owned()]));
    let by_digest = format!("example.com/a/b@{}", image.manifest);
    assert!(rig.engine.image_status(&by_digest).await.unwrap().is_some());
    // As one archive, packed, under another name.
    let archive = rig.folder.path().join("image.tar.gz");
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_dir_all(".", &layout).unwrap();
    std::fs::write(&archive, gzip(&builder.into_inner().unwrap())).unwrap();
    let names = rig
        .engine
        .import_image(&archive, Some("skeg.local/mine"))
        .await
        .unwrap();
    assert!(names.contains(&"example.com/a/b:1".to_owned()), "{names:?}");
    let info = rig
        .engine
        .image_status("skeg.local/mine")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        info.summary.repo_tags,
        ["example.com/a/b:1", "skeg.local/mine:latest"]
    );
    // As docker saves it.
    let saved = rig.folder.path().join("saved.tar");
    let mut builder = tar::Builder::new(std::fs::File::create(&saved).unwrap());
    let mut add = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes).unwrap();
    };
    let layers = plain();
    let diff_ids: Vec<_> = layers
        .iter()
        .map(|l| format!("\"{}\"", Digest::of(l)))
        .collect();
    let config = format!(r#"{{"rootfs":{{"diff_ids":[{}]}}}}"#, diff_ids.join(","));
    add("c.json", config.as_bytes());
    add("one/layer.tar", &layers[0]);
    add("two/layer.tar", &layers[1]);
    let manifest = r#"[{"Config":"c.json","RepoTags":["old:style"],"Layers":["one/layer.tar","two/layer.tar"]}]"#;
    add("manifest.json", manifest.as_bytes());
    builder.finish().unwrap();
    let names = rig.engine.import_image(&saved, None).await.unwrap();
    assert_eq!(names, ["docker.io/library/old:style"]);
    // All of them share two layers; the last one to go takes them along.
    let layers = rig.engine.images().layers_dir();
    let count = || std::fs::read_dir(&layers).unwrap().count();
    assert_eq!(count(), 2);
    for name in ["example.com/a/b:1", "skeg.local/mine"] {
        rig.engine.remove_image(name).await.unwrap();
        assert_eq!(count(), 2);
    }
    rig.engine.remove_image("old:style").await.unwrap();
    rig.engine.remove_image("old:style").await.unwrap();
    assert_eq!(count(), 0);
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn layers_are_merged_as_their_whiteouts_say() {
    let Some(rig) = Rig::new().await else { return };
    // The toolbox's programs under the layers of the image.
    let image = Image::new(&plain());
    let layout = image.layout(&rig.folder.path().join("layout"), "skeg.local/merged:1");
    rig.engine.import_image(&layout, None).await.unwrap();
    let store = rig.engine.images();
    let record = store.get("skeg.local/merged:1").unwrap().unwrap();
    let copy = rig.folder.path().join("copy");
    skeg_oci::runtime::copy_layers(&store.layers_dir(), &record.layers, &copy).unwrap();
    let list = |name: &str| {
        let mut names: Vec<_> = std::fs::read_dir(copy.join(name))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(list("etc"), ["kept", "linked"]);
    assert_eq!(list("dir"), ["above"]);
    assert_eq!(
        std::fs::read_to_string(copy.join("etc/linked")).unwrap(),
        "kept"
    );
    // And as the kernel merges them, seen from a container that has them mounted over a folder.
    let sandbox = rig.sandbox().await;
    let error = {
        let mut config = shell("true");
        config.image = "skeg.local/merged:1".into();
        config.command = vec!["/hello".into()];
        let id = skeg_cri::RuntimeService::create_container(&rig.engine, &sandbox, config);
        let id = id.await.unwrap();
        skeg_cri::RuntimeService::start_container(&rig.engine, &id)
            .await
            .unwrap_err()
    };
    // It exists and may be run, but its interpreter is not in this image.
    assert!(
        error.to_string().ends_with("no such file or directory"),
        "{error}"
    );
    rig.finish().await;
}

async fn import_error(rig: &Rig, image: &Image, folder: &str) -> (ErrorKind, String) {
    let layout = image.layout(&rig.folder.path().join(folder), "skeg.local/bad:1");
    let error = rig.engine.import_image(&layout, None).await.unwrap_err();
    assert!(
        rig.engine
            .image_status("skeg.local/bad:1")
            .await
            .unwrap()
            .is_none()
    );
    let left = std::fs::read_dir(rig.engine.images().root().join("tmp"))
        .unwrap()
        .count();
    assert_eq!(left, 0);
    (error.kind(), error.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_images_are_refused() {
    let Some(rig) = Rig::new().await else { return };
    let mut image = Image::new(&plain());
    // A layer that is not what its digest says.
    let layer = Digest::of(&gzip(&plain()[1]));
    image.blobs.get_mut(&layer).unwrap().push(0);
    let (kind, message) = import_error(&rig, &image, "digest").await;
    assert_eq!(kind, ErrorKind::InvalidImage);
    assert!(
        message.contains("has digest") && message.contains(&layer.to_string()),
        "{message}"
    );
    // A layer whose content is not what the configuration says.
    let mut image = Image::new(&plain());
    let other = gzip(&tar(&[Entry::File("x", "y")]));
    let manifest = String::from_utf8(image.blobs[&image.manifest].clone()).unwrap();
    let manifest = manifest.replace(&layer.to_string(), &Digest::of(&other).to_string());
    image.blobs.insert(Digest::of(&other), other);
    image.manifest = Digest::of(manifest.as_bytes());
    image.blobs.insert(image.manifest, manifest.into_bytes());
    let (_, message) = import_error(&rig, &image, "content").await;
    assert!(
        message.starts_with("the layer's content has digest"),
        "{message}"
    );
    // A layer that is cut off, and one that is no archive at all.
    let whole = tar(&[Entry::File("x", &"y".repeat(4000).leak()[..])]);
    for (at, layer) in [whole[..1000].to_vec(), b"nonsense".repeat(100)]
        .into_iter()
        .enumerate()
    {
        let (kind, message) = import_error(&rig, &Image::new(&[layer]), &format!("cut{at}")).await;
        assert_eq!(kind, ErrorKind::InvalidImage);
        assert!(message.starts_with("broken layer sha256:"), "{message}");
    }
    // A file that is missing.
    let mut image = Image::new(&plain());
    image.blobs.remove(&layer);
    let (_, message) = import_error(&rig, &image, "missing").await;
    assert!(message.ends_with("is missing"), "{message}");
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_path_climbs_out_of_its_root() {
    let Some(rig) = Rig::new().await else { return };
    let outside = rig.folder.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("victim"), "untouched").unwrap();
    let leak = |text: String| -> &'static str { text.leak() };
    let absolute = leak(outside.display().to_string());
    let up = leak(format!("{}{absolute}", "../".repeat(12)));
    for (at, entries) in [
        vec![Entry::File("../../../../escaped", "x")],
        vec![Entry::Folder("a"), Entry::File("a/../../escaped", "x")],
        vec![Entry::HardLink("linked", "../../../../../../etc/passwd")],
    ]
    .into_iter()
    .enumerate()
    {
        let image = Image::new(&[tar(&entries)]);
        let (kind, message) = import_error(&rig, &image, &format!("up{at}")).await;
        assert_eq!(kind, ErrorKind::InvalidImage);
        assert!(message.contains("climbs out of its root"), "{message}");
    }
    // Links are followed, but only within the layer: what is outside is not touched.
    for (at, target) in [absolute, up].into_iter().enumerate() {
        let entries = [
            Entry::Link("out", target),
            Entry::File("out/victim", "overwritten"),
            Entry::File("out/planted", "x"),
            Entry::File("out/.wh.victim", ""),
            Entry::HardLink("stolen", "out/victim"),
        ];
        let image = Image::new(&[tar(&entries)]);
        let name = format!("skeg.local/climb{at}:1");
        let layout = image.layout(&rig.folder.path().join(format!("link{at}")), &name);
        // Whether it is refused or contained is the same to the machine.
        let _ = rig.engine.import_image(&layout, None).await;
        let names: Vec<_> = std::fs::read_dir(&outside).unwrap().flatten().collect();
        assert_eq!(names.len(), 1);
        assert_eq!(
            std::fs::read_to_string(outside.join("victim")).unwrap(),
            "untouched"
        );
    }
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_are_none_and_local_names() {
    let Some(rig) = Rig::new().await else { return };
    let pull = |image: &str| {
        let request = PullRequest {
            image: image.to_owned(),
            auth: Vec::new(),
        };
        rig.engine.pull_image(request, None)
    };
    let toolbox = rig.engine.image_status(TOOLBOX).await.unwrap().unwrap();
    assert!(toolbox.summary.pinned);
    assert_eq!(
        pull("skeg.local/toolbox").await.unwrap(),
        toolbox.summary.id
    );
    let error = pull("skeg.local/absent").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("skeg image import"), "{error}");
    for bad in ["Upper", "a b", ""] {
        let error = pull(bad).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidImageName, "{bad}");
    }
    // The layer is made when it is first needed, not before.
    let layers = rig.engine.images().layers_dir();
    assert_eq!(std::fs::read_dir(&layers).unwrap().count(), 0);
    let (status, _) = rig.run("true").await;
    assert_eq!(status.exit_code, Some(0));
    assert_eq!(std::fs::read_dir(&layers).unwrap().count(), 1);
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_toolbox_of_a_replaced_program_goes() {
    let Some(rig) = Rig::new().await else { return };
    rig.run("true").await;
    let sandbox = rig.sandbox().await;
    let used = rig.start(&sandbox, command(&["sleep", "infinity"])).await;
    let layers = rig.engine.images().layers_dir();
    let count = || std::fs::read_dir(&layers).unwrap().count();
    let mut config = rig.config.clone();
    config.builtin.as_mut().unwrap().applets.pop();
    // Its layer stays as long as a container stands on it.
    let next = Engine::open(config.clone()).await.unwrap();
    let toolboxes = next.list_images().await.unwrap();
    assert_eq!(toolboxes.len(), 1, "{toolboxes:?}");
    assert_eq!(count(), 1);
    next.remove_everything().await.unwrap();
    assert!(
        next.container_status(&used)
            .await
            .unwrap_err()
            .is_not_found()
    );
    drop(next);
    let _next = Engine::open(config).await.unwrap();
    until(|| count() == 0).await;
}

/// A registry that wants a token, and breaks the first transfer of each layer off.
struct FakeRegistry {
    image: Mutex<Image>,
    broken: Mutex<HashMap<String, bool>>,
}

impl FakeRegistry {
    async fn serve(self: Arc<Self>, listener: tokio::net::TcpListener) {
        let port = listener.local_addr().unwrap().port();
        while let Ok((mut stream, _)) = listener.accept().await {
            let registry = self.clone();
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    if stream.read(&mut byte).await.unwrap_or(0) == 0 {
                        return;
                    }
                    head.push(byte[0]);
                }
                let head = String::from_utf8(head).unwrap();
                let answer = registry.answer(&head, port);
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            });
        }
    }

    fn answer(&self, head: &str, port: u16) -> Vec<u8> {
        let path = head.split(' ').nth(1).unwrap();
        let reply = |status: &str, headers: &str, body: &[u8], length: usize| {
            let mut bytes = format!(
                "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
            )
            .into_bytes();
            bytes.extend_from_slice(body);
            bytes
        };
        if path.starts_with("/token?") {
            let user = head.contains("uthorization: Basic dXNlcjpwYXNz");
            assert!(path.contains("scope=repository%3Aa%2Fb%3Apull"), "{path}");
            let status = if user { "200 OK" } else { "401 Unauthorized" };
            return reply(status, "", br#"{"token":"sesame"}"#, 18);
        }
        if !head.contains("uthorization: Bearer sesame") {
            let challenge = format!(
                "WWW-Authenticate: Bearer realm=\"http://127.0.0.1:{port}/token\",service=\"s\"\r\n"
            );
            return reply("401 Unauthorized", &challenge, b"", 0);
        }
        let image = self.image.lock().unwrap();
        let last = path.rsplit('/').next().unwrap();
        if path == "/v2/a/b/manifests/1" {
            let bytes = &image.blobs[&image.manifest];
            return reply("200 OK", "", bytes, bytes.len());
        }
        let blob = last
            .parse::<Digest>()
            .ok()
            .and_then(|digest| image.blobs.get(&digest));
        let Some(blob) = blob else {
            return reply("404 Not Found", "", b"", 0);
        };
        if let Some(from) = head.split("ange: bytes=").nth(1) {
            let from: usize = from.split('-').next().unwrap().parse().unwrap();
            return reply("206 Partial Content", "", &blob[from..], blob.len() - from);
        }
        let is_layer = blob.starts_with(&[0x1f, 0x8b]);
        let first = is_layer
            && self
                .broken
                .lock()
                .unwrap()
                .insert(last.into(), true)
                .is_none();
        let sent = if first {
            &blob[..blob.len() / 2]
        } else {
            &blob[..]
        };
        reply("200 OK", "", sent, blob.len())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn images_are_pulled_from_registries() {
    let Some(rig) = Rig::new().await else { return };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let registry = Arc::new(FakeRegistry {
        image: Mutex::new(Image::new(&plain())),
        broken: Mutex::default(),
    });
    let server = tokio::spawn(registry.clone().serve(listener));
    let name = format!("127.0.0.1:{port}/a/b:1");
    let pull = |image: &str, users: &[&str]| {
        let auth = users.iter().map(|user| RegistryAuth {
            username: (*user).to_owned(),
            password: "pass".into(),
            ..RegistryAuth::default()
        });
        PullRequest {
            image: image.to_owned(),
            auth: auth.collect(),
        }
    };
    let error = rig
        .engine
        .pull_image(pull(&name, &[]), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized, "{error}");
    let (sender, mut reports) = tokio::sync::mpsc::channel(1000);
    let request = pull(&name, &["wrong", "user"]);
    let id = rig.engine.pull_image(request, Some(sender)).await.unwrap();
    let info = rig.engine.image_status(&name).await.unwrap().unwrap();
    assert_eq!(info.summary.id, id);
    let mut last = None;
    while let Ok(report) = reports.try_recv() {
        last = Some(report);
    }
    let last = last.unwrap();
    assert_eq!((last.phase, last.done_bytes), ("done", last.total_bytes));
    assert!(last.total_bytes > 0);
    let blobs = rig.engine.images().root().join("blobs");
    assert_eq!(std::fs::read_dir(blobs).unwrap().count(), 0);
    let absent = format!("127.0.0.1:{port}/a/b:2");
    let error = rig
        .engine
        .pull_image(pull(&absent, &["user"]), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    // A registry that lies about a layer.
    rig.engine.remove_image(&name).await.unwrap();
    {
        let mut image = registry.image.lock().unwrap();
        let layer = Digest::of(&gzip(&plain()[0]));
        image.blobs.get_mut(&layer).unwrap()[20] ^= 1;
    }
    let error = rig
        .engine
        .pull_image(pull(&name, &["user"]), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidImage, "{error}");
    server.abort();
    let _ = server.await;
    let error = rig
        .engine
        .pull_image(pull(&name, &["user"]), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RegistryUnavailable, "{error}");
    rig.finish().await;
}
