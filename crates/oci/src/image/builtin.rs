//! The image that is there without a pull: this program and links to it.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Digest, ImageConfig, ImageRecord, ImageStore, OnFile as _, Reference, Result, RunConfig,
    store::remove_all,
};

/// What the built-in image is made of.
#[derive(Clone, Debug)]
pub struct BuiltinImage {
    /// Its name.
    pub name: String,
    /// The program, which must need no library.
    pub program: PathBuf,
    /// Names under which the program is found in `/bin`.
    pub applets: Vec<String>,
    /// Further programs: file on the machine, path in the image.
    pub files: Vec<(PathBuf, PathBuf)>,
    /// What it runs when not told otherwise.
    pub cmd: Vec<String>,
}

const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n";
const GROUP: &str = "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n";

impl BuiltinImage {
    /// Puts the image into a store. The layer is not made yet: start-up must not copy a large
    /// program that perhaps nobody runs.
    pub fn register(&self, store: &ImageStore) -> Result<Arc<ImageRecord>> {
        let layer = self.layer_name()?;
        let size_bytes = fs::metadata(&self.program).on("stat", &self.program)?.len();
        let id = Digest::of(format!("{layer} {:?}", self.cmd).as_bytes());
        let reference = Reference::parse(&self.name)?;
        store.drop_pinned_but(&id.to_string())?;
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        let run = RunConfig {
            cmd: Some(self.cmd.clone()),
            env: Some(vec![path.into()]),
            working_dir: Some("/".into()),
            ..RunConfig::default()
        };
        if let Some(known) = store.get(&self.name)?
            && known.id == id.to_string()
        {
            return Ok(known);
        }
        store.insert(ImageRecord {
            id: id.to_string(),
            tags: [reference.to_string()].into(),
            digests: [reference.with_digest(id)].into(),
            layers: vec![layer],
            size_bytes,
            config: ImageConfig {
                config: Some(run),
                ..ImageConfig::default()
            },
            pinned: true,
        })
    }

    /// Makes the layer, unless it is there.
    pub fn materialize(&self, store: &ImageStore) -> Result<()> {
        let name = self.layer_name()?;
        if store.layers_dir().join(&name).is_dir() {
            return Ok(());
        }
        let scratch = store.scratch()?;
        let made = self
            .fill(&scratch)
            .on("make the toolbox's layer in", &scratch);
        if let Err(error) = made {
            let _ = remove_all(&scratch);
            return Err(error);
        }
        match store.adopt_layer(&scratch, &name) {
            // Another thread was faster.
            Err(_) if store.layers_dir().join(&name).is_dir() => {
                let _ = remove_all(&scratch);
                Ok(())
            }
            other => other,
        }
    }

    /// Names the layer by what it is made of, without reading the program: a replaced program
    /// has another inode or time.
    fn layer_name(&self) -> Result<String> {
        let mut parts = format!("{:?}", self.applets);
        let files = self.files.iter().map(|(from, _)| from);
        for path in std::iter::once(&self.program).chain(files) {
            let metadata = fs::metadata(path).on("stat", path)?;
            let times = (metadata.mtime(), metadata.mtime_nsec());
            parts += &format!(" {} {times:?} {}", metadata.ino(), metadata.len());
        }
        let hex = Digest::of(parts.as_bytes()).hex();
        Ok(format!("b{}", &hex[..15]))
    }

    fn fill(&self, folder: &Path) -> io::Result<()> {
        let executable = fs::Permissions::from_mode(0o755);
        for name in [
            "bin", "etc", "root", "tmp", "var", "proc", "dev", "sys", "usr",
        ] {
            let path = folder.join(name);
            fs::create_dir(&path)?;
            fs::set_permissions(&path, executable.clone())?;
        }
        fs::set_permissions(folder, executable.clone())?;
        fs::set_permissions(folder.join("tmp"), fs::Permissions::from_mode(0o1777))?;
        symlink("/bin", folder.join("usr/bin"))?;
        fs::write(folder.join("etc/passwd"), PASSWD)?;
        fs::write(folder.join("etc/group"), GROUP)?;
        let program = folder.join("bin/toolbox");
        copy(&self.program, &program)?;
        fs::set_permissions(&program, executable.clone())?;
        for (from, to) in &self.files {
            let Ok(to) = to.strip_prefix("/") else {
                continue;
            };
            let to = folder.join(to);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            copy(from, &to)?;
            fs::set_permissions(&to, executable.clone())?;
        }
        for applet in &self.applets {
            let link = folder.join("bin").join(applet);
            if fs::symlink_metadata(&link).is_err() {
                symlink("toolbox", link)?;
            }
        }
        Ok(())
    }
}

/// Shares the blocks where the file system can; else the kernel copies.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let (source, target) = (fs::File::open(from)?, fs::File::create(to)?);
    if rustix::fs::ioctl_ficlone(&target, &source).is_ok() {
        return Ok(());
    }
    drop((source, target));
    fs::copy(from, to).map(drop)
}
