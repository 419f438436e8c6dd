//! The one place with unsafe system calls.
#![allow(unsafe_code)]

use std::{
    io,
    os::fd::{AsFd, AsRawFd},
};

/// Sets an integer option of a socket that no safe wrapper covers.
pub(crate) fn set_socket_option(
    fd: impl AsFd,
    level: i32,
    option: i32,
    value: i32,
) -> io::Result<()> {
    let size = u32::try_from(size_of::<i32>()).expect("four bytes");
    // SAFETY: `value` is a live i32 and `size` its size; the kernel only reads from it. The
    // descriptor is open for the length of the call, because `fd` borrows it.
    let result = unsafe {
        libc::setsockopt(
            fd.as_fd().as_raw_fd(),
            level,
            option,
            std::ptr::from_ref(&value).cast(),
            size,
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
