//! Pseudo-terminals.

use std::{
    io,
    os::fd::{AsFd, AsRawFd as _, FromRawFd as _, OwnedFd},
    path::Path,
};

use rustix::fs::{Mode, OFlags};

/// Both ends of a pseudo-terminal.
#[derive(Debug)]
pub struct Pty {
    /// The end that a terminal emulator has.
    pub controller: OwnedFd,
    /// The end that a program has.
    pub user: OwnedFd,
    /// Its number: `/dev/pts/N`.
    pub number: u32,
}

/// Opens a new pseudo-terminal of the devpts instance behind `ptmx`.
pub fn open_pty(ptmx: &Path) -> io::Result<Pty> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let controller = rustix::fs::open(ptmx, flags, Mode::empty())?;
    let unlock: libc::c_int = 0;
    let mut number: libc::c_uint = 0;
    let peer_flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    // SAFETY: each request gets what it takes: pointers to live integers, or flags; the last
    // returns a new descriptor that nobody else owns.
    let user = unsafe {
        if libc::ioctl(controller.as_raw_fd(), libc::TIOCSPTLCK, &raw const unlock) != 0
            || libc::ioctl(controller.as_raw_fd(), libc::TIOCGPTN, &raw mut number) != 0
        {
            return Err(io::Error::last_os_error());
        }
        let user = libc::ioctl(controller.as_raw_fd(), libc::TIOCGPTPEER, peer_flags);
        if user < 0 {
            return Err(io::Error::last_os_error());
        }
        OwnedFd::from_raw_fd(user)
    };
    Ok(Pty {
        controller,
        user,
        number,
    })
}

/// Makes a terminal the controlling one of this session.
pub fn set_controlling_terminal(fd: impl AsFd) -> io::Result<()> {
    // SAFETY: takes an integer.
    let result = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), libc::TIOCSCTTY, 0) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Sets the size of a terminal, by either end.
pub fn set_size(fd: impl AsFd, width: u16, height: u16) -> io::Result<()> {
    let size = libc::winsize {
        ws_row: height,
        ws_col: width,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: takes a pointer to a winsize, which lives through the call.
    let result = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), libc::TIOCSWINSZ, &raw const size) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
