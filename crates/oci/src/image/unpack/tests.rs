//! Layers, good and bad.

use std::{
    fs,
    os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
};

use super::*;

struct Layer(tar::Builder<Vec<u8>>);

impl Layer {
    fn new() -> Self {
        Self(tar::Builder::new(Vec::new()))
    }

    fn add(mut self, kind: tar::EntryType, name: &str, link: &str, data: &[u8]) -> Self {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o754);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(1_000_000);
        header.set_size(data.len() as u64);
        // Written directly: the library refuses the names that some tests are about.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_cksum();
        self.0.append(&header, data).unwrap();
        self
    }

    fn file(self, name: &str, data: &str) -> Self {
        self.add(tar::EntryType::Regular, name, "", data.as_bytes())
    }

    fn folder(self, name: &str) -> Self {
        self.add(tar::EntryType::Directory, name, "", b"")
    }

    fn link(self, name: &str, to: &str) -> Self {
        self.add(tar::EntryType::Symlink, name, to, b"")
    }

    fn done(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }
}

fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        println!("skipped: owners and devices need root");
    }
    root
}

fn unpack_with(
    bytes: &[u8],
    lower: &[PathBuf],
    limits: Limits,
) -> (tempfile::TempDir, io::Result<Digest>) {
    let folder = tempfile::tempdir().unwrap();
    let result = unpack(bytes, folder.path(), lower, limits);
    (folder, result)
}

#[test]
fn every_packing_gives_the_same_digest() {
    if !is_root() {
        return;
    }
    let plain = Layer::new().folder("a").file("a/b", "content").done();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    io::Write::write_all(&mut gzip, &plain).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(&plain[..], 1).unwrap();
    for packed in [&plain, &gzip, &zstd] {
        let (folder, digest) = unpack_with(packed, &[], Limits::default());
        assert_eq!(digest.unwrap(), Digest::of(&plain));
        let file = folder.path().join("a/b");
        assert_eq!(fs::read_to_string(&file).unwrap(), "content");
        let metadata = fs::metadata(&file).unwrap();
        assert_eq!(
            (metadata.permissions().mode() & 0o7777, metadata.mtime()),
            (0o754, 1_000_000)
        );
        assert_eq!(
            fs::metadata(folder.path().join("a")).unwrap().mtime(),
            1_000_000
        );
    }
}

#[test]
fn whiteouts_become_the_overlays() {
    if !is_root() {
        return;
    }
    let layer = Layer::new()
        .folder("d")
        .file("d/.wh.gone", "")
        .folder("o")
        .file("o/.wh..wh..opq", "")
        .file("o/new", "")
        .file("back", "x")
        .file(".wh.back", "")
        .done();
    let (folder, result) = unpack_with(&layer, &[], Limits::default());
    result.unwrap();
    let gone = fs::symlink_metadata(folder.path().join("d/gone")).unwrap();
    assert!(gone.file_type().is_char_device() && gone.rdev() == 0);
    let mut value = [0; 4];
    let opaque = rustix::fs::lgetxattr(
        folder.path().join("o"),
        "trusted.overlay.opaque",
        &mut value,
    );
    assert_eq!(&value[..opaque.unwrap()], b"y");
    // What the same layer brings is not hidden by it.
    assert!(folder.path().join("o/new").is_file() && folder.path().join("back").is_file());
    for bad in [".wh.", ".wh...", "d/.wh.."] {
        let (_, result) = unpack_with(&Layer::new().file(bad, "").done(), &[], Limits::default());
        assert!(result.is_err(), "{bad}");
    }
}

#[test]
fn nothing_leaves_the_root() {
    if !is_root() {
        return;
    }
    let outside = tempfile::tempdir().unwrap();
    let victim = outside.path().join("victim");
    fs::write(&victim, "untouched").unwrap();
    let away = outside.path().display().to_string();
    let up = format!("{}{away}", "../".repeat(20));
    for layer in [
        Layer::new()
            .link("out", &away)
            .file("out/victim", "x")
            .file("out/new", "x"),
        Layer::new()
            .link("out", &up)
            .file("out/victim", "x")
            .folder("out/new"),
        Layer::new()
            .link("a", "b")
            .link("b", &up)
            .file("a/new", "x"),
        Layer::new().link("out", &away).file("out/.wh.victim", ""),
        Layer::new().link("out", &away).folder("out"),
        Layer::new().link("out", "/").file("out/victim", "x"),
        Layer::new().file("/victim", "x"),
        Layer::new()
            .link("self", "/proc/self/root")
            .file("self/victim", "x"),
    ] {
        // Contained or refused, nothing of it may show outside.
        let (_, _) = unpack_with(&layer.done(), &[], Limits::default());
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
        assert_eq!(fs::read_to_string(&victim).unwrap(), "untouched");
    }
    for (name, kind) in [
        ("../x", tar::EntryType::Regular),
        ("a/../../x", tar::EntryType::Directory),
        ("..", tar::EntryType::Directory),
    ] {
        let layer = Layer::new().add(kind, name, "", b"").done();
        let (_, result) = unpack_with(&layer, &[], Limits::default());
        let message = result.unwrap_err().to_string();
        assert!(message.ends_with("climbs out of its root"), "{message}");
    }
    for target in ["../../etc/passwd", "/etc/passwd", "nowhere"] {
        let layer = Layer::new()
            .add(tar::EntryType::Link, "x", target, b"")
            .done();
        let (folder, result) = unpack_with(&layer, &[], Limits::default());
        assert!(result.is_err(), "{target}");
        assert!(!folder.path().join("x").exists());
    }
    // A link that goes round in circles.
    let layer = Layer::new()
        .link("a", "b")
        .link("b", "a")
        .file("a/x", "")
        .done();
    assert!(unpack_with(&layer, &[], Limits::default()).1.is_err());
}

#[test]
fn devices_are_left_out_and_links_reach_below() {
    if !is_root() {
        return;
    }
    let lower = tempfile::tempdir().unwrap();
    fs::write(lower.path().join("base"), "below").unwrap();
    let layer = Layer::new()
        .add(tar::EntryType::Char, "null", "", b"")
        .add(tar::EntryType::Block, "disk", "", b"")
        .add(tar::EntryType::Fifo, "fifo", "", b"")
        .file("own", "own")
        .add(tar::EntryType::Link, "one", "own", b"")
        .add(tar::EntryType::Link, "two", "base", b"")
        .done();
    let below = [lower.path().to_owned()];
    let (folder, result) = unpack_with(&layer, &below, Limits::default());
    result.unwrap();
    let at = |name: &str| folder.path().join(name);
    assert!(!at("null").exists() && !at("disk").exists());
    assert!(fs::metadata(at("fifo")).unwrap().file_type().is_fifo());
    assert_eq!(
        fs::metadata(at("own")).unwrap().ino(),
        fs::metadata(at("one")).unwrap().ino()
    );
    assert_eq!(fs::read_to_string(at("two")).unwrap(), "below");
}

#[test]
fn what_comes_later_replaces_what_was_there() {
    if !is_root() {
        return;
    }
    let layer = Layer::new()
        .folder("a")
        .file("a/deep", "x")
        .file("a", "now a file")
        .link("b", "a")
        .folder("b")
        .file("b/x", "y")
        .done();
    let (folder, result) = unpack_with(&layer, &[], Limits::default());
    result.unwrap();
    assert_eq!(
        fs::read_to_string(folder.path().join("a")).unwrap(),
        "now a file"
    );
    assert_eq!(fs::read_to_string(folder.path().join("b/x")).unwrap(), "y");
}

#[test]
fn bounds_are_kept_and_damage_is_told() {
    if !is_root() {
        return;
    }
    let layer = Layer::new()
        .file("a", "0123456789")
        .file("b", "0123456789")
        .done();
    let few = Limits {
        bytes: 15,
        ..Limits::default()
    };
    let message = unpack_with(&layer, &[], few).1.unwrap_err().to_string();
    assert_eq!(message, "more than 15 bytes");
    let few = Limits {
        entries: 1,
        ..Limits::default()
    };
    let message = unpack_with(&layer, &[], few).1.unwrap_err().to_string();
    assert_eq!(message, "more than 1 entries");
    // Cut off anywhere within its entries, or with a byte of a header turned, it is refused.
    for length in [1, 511, 513, 520, 1500] {
        let (_, result) = unpack_with(&layer[..length], &[], Limits::default());
        assert!(result.is_err(), "{length}");
    }
    let mut turned = layer.clone();
    turned[100] ^= 0x55;
    assert!(unpack_with(&turned, &[], Limits::default()).1.is_err());
    let zstd = zstd::encode_all(&layer[..], 1).unwrap();
    assert!(
        unpack_with(&zstd[..zstd.len() - 5], &[], Limits::default())
            .1
            .is_err()
    );
}

#[test]
fn a_folder_that_is_only_implied_is_as_below() {
    if !is_root() {
        return;
    }
    let (top, base) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let tmp = base.path().join("tmp");
    fs::create_dir(&tmp).unwrap();
    fs::set_permissions(&tmp, fs::Permissions::from_mode(0o1777)).unwrap();
    std::os::unix::fs::chown(&tmp, Some(7), Some(8)).unwrap();
    let below = [top.path().to_owned(), base.path().to_owned()];
    let layer = Layer::new().file("tmp/x", "").file("new/x", "").done();
    let (folder, result) = unpack_with(&layer, &below, Limits::default());
    result.unwrap();
    let seen = |name: &str| {
        let found = fs::metadata(folder.path().join(name)).unwrap();
        (found.mode() & 0o7777, found.uid(), found.gid())
    };
    assert_eq!(seen("tmp"), (0o1777, 7, 8));
    assert_eq!(seen("new"), (0o755, 0, 0));
}
