//! Opening standard input and output for tokio's reactor, without disturbing those who share them.
//!
//! Whether reads and writes wait is a property of the open file, which the processes that inherited it share: the shell
//! that started the program, its other children, standard error if it is the same pipe. So a pipe is opened once more,
//! where the system allows it, and nothing changes for anybody. Otherwise the shared one is made not to wait, and to
//! wait again in the end, unless standard error shares it: a log line must not fail because a client reads slowly.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::os::unix::net;

use tokio::net::UnixStream;
use tokio::net::unix::pipe::{OpenOptions, Receiver, Sender};

use super::stream::{Input, Output};

/// Standard input, if it can be waited for, and what was changed for that.
pub(super) fn input() -> Option<(Input, Option<Changed>)> {
    let shared = Shared::of(&io::stdin()).ok()?;
    if let Some(pipe) = shared.open_anew(|path| OpenOptions::new().open_receiver(path)) {
        return Some((Input::Pipe(pipe), None));
    }
    match shared.kind()? {
        Kind::Pipe => shared.change(|fd| Receiver::from_owned_fd(fd).map(Input::Pipe)),
        Kind::Socket => shared.change(|fd| socket(fd).map(Input::Socket)),
    }
}

/// Standard output, likewise.
pub(super) fn output() -> Option<(Output, Option<Changed>)> {
    let shared = Shared::of(&io::stdout()).ok()?;
    if let Some(pipe) = shared.open_anew(|path| OpenOptions::new().open_sender(path)) {
        return Some((Output::Pipe(pipe), None));
    }
    match shared.kind()? {
        Kind::Pipe => shared.change(|fd| Sender::from_owned_fd(fd).map(Output::Pipe)),
        Kind::Socket => shared.change(|fd| socket(fd).map(Output::Socket)),
    }
}

/// Sockets of every family are read and written alike, and nothing else is done with this one.
fn socket(fd: OwnedFd) -> io::Result<UnixStream> {
    let socket = net::UnixStream::from(fd);
    socket.set_nonblocking(true)?;
    UnixStream::from_std(socket)
}

/// What can be waited for.
enum Kind {
    Pipe,
    Socket,
}

/// An open file that we may share with others.
struct Shared {
    fd: OwnedFd,
    metadata: Metadata,
}

impl Shared {
    fn of(stream: &impl AsFd) -> io::Result<Self> {
        let file = File::from(stream.as_fd().try_clone_to_owned()?);
        let metadata = file.metadata()?;
        Ok(Self { fd: file.into(), metadata })
    }

    /// Opens a pipe once more, by the name that Linux gives to open files.
    ///
    /// A pipe with a name of its own is left alone: opened after its writers have gone, it would never say so.
    fn open_anew<P>(&self, open: impl FnOnce(&str) -> io::Result<P>) -> Option<P> {
        let path = format!("/proc/self/fd/{}", self.fd.as_raw_fd());
        let target = fs::read_link(&path).ok()?;
        if !target.to_str()?.starts_with("pipe:") {
            return None;
        }
        open(&path).ok()
    }

    /// What it is, unless it cannot be waited for or is standard error as well.
    fn kind(&self) -> Option<Kind> {
        let log = Self::of(&io::stderr()).ok()?.metadata;
        if (log.dev(), log.ino()) == (self.metadata.dev(), self.metadata.ino()) {
            return None;
        }
        let file_type = self.metadata.file_type();
        match (file_type.is_fifo(), file_type.is_socket()) {
            (true, _) => Some(Kind::Pipe),
            (_, true) => Some(Kind::Socket),
            _ => None,
        }
    }

    /// Opens the shared file, which does not wait from then on.
    fn change<P>(
        &self,
        open: impl FnOnce(OwnedFd) -> io::Result<P>,
    ) -> Option<(P, Option<Changed>)> {
        let before = self.flags();
        let changed = Changed::of(self.fd.try_clone().ok()?);
        let opened = open(self.fd.try_clone().ok()?).ok()?;
        // One that did not wait when we came is left so. Where the system does not say, it is taken for one that did:
        // that is how programs are started.
        match before.is_some() && before == self.flags() {
            true => {
                changed.forget();
                Some((opened, None))
            }
            false => Some((opened, Some(changed))),
        }
    }

    /// What Linux says of the open file.
    fn flags(&self) -> Option<String> {
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", self.fd.as_raw_fd())).ok()?;
        info.lines().find(|line| line.starts_with("flags:")).map(str::to_owned)
    }
}

/// An open file that waited before, and waits again when this is dropped.
///
/// Only `set_nonblocking` is asked of the type, which is the same for pipes.
pub(super) struct Changed(Option<net::UnixStream>);

impl Changed {
    fn of(fd: OwnedFd) -> Self {
        Self(Some(fd.into()))
    }

    /// Leaves it as it is.
    fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for Changed {
    fn drop(&mut self) {
        if let Some(file) = &self.0 {
            // There is nobody to tell, and nothing else to try.
            let _ = file.set_nonblocking(false);
        }
    }
}
