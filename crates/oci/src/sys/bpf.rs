//! Device access under cgroup v2, where it is a small program in the kernel's BPF machine.

use std::{
    io,
    os::fd::{AsFd, AsRawFd as _, FromRawFd as _, OwnedFd},
};

/// A device that is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceRule {
    /// `b'c'`, `b'b'`, or `b'a'` for both.
    pub kind: u8,
    /// Major number; none is every one.
    pub major: Option<u32>,
    /// Minor number; none is every one.
    pub minor: Option<u32>,
    /// Any of 1 (mknod), 2 (read), 4 (write).
    pub access: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Instruction {
    code: u8,
    /// Destination in the low half, source in the high half.
    registers: u8,
    offset: i16,
    immediate: i32,
}

const LOAD_WORD: u8 = 0x61;
const MOV_IMMEDIATE: u8 = 0xb7;
const MOV_REGISTER: u8 = 0xbf;
const AND_IMMEDIATE: u8 = 0x57;
const SHIFT_RIGHT: u8 = 0x77;
const JUMP_NOT_EQUAL: u8 = 0x55;
const JUMP_NOT_EQUAL_REGISTER: u8 = 0x5d;
const EXIT: u8 = 0x95;

fn instruction(code: u8, to: u8, from: u8, offset: i16, immediate: i32) -> Instruction {
    Instruction {
        code,
        registers: to | from << 4,
        offset,
        immediate,
    }
}

/// The program: context in r1 (u32 access_type: kind | access << 16, u32 major, u32 minor);
/// the answer in r0, 1 is allowed.
fn program(rules: &[DeviceRule]) -> Vec<Instruction> {
    let mut code = vec![
        instruction(LOAD_WORD, 2, 1, 0, 0),
        instruction(AND_IMMEDIATE, 2, 0, 0, 0xffff),
        instruction(LOAD_WORD, 3, 1, 0, 0),
        instruction(SHIFT_RIGHT, 3, 0, 0, 16),
        instruction(LOAD_WORD, 4, 1, 4, 0),
        instruction(LOAD_WORD, 5, 1, 8, 0),
    ];
    for rule in rules {
        // Each check jumps to the end of its rule when it fails.
        let mut checks = Vec::new();
        match rule.kind {
            b'b' => checks.push(instruction(JUMP_NOT_EQUAL, 2, 0, 0, 1)),
            b'c' => checks.push(instruction(JUMP_NOT_EQUAL, 2, 0, 0, 2)),
            _ => {}
        }
        if rule.access != 7 {
            checks.push(instruction(MOV_REGISTER, 6, 3, 0, 0));
            checks.push(instruction(AND_IMMEDIATE, 6, 0, 0, rule.access as i32));
            checks.push(instruction(JUMP_NOT_EQUAL_REGISTER, 6, 3, 0, 0));
        }
        if let Some(major) = rule.major {
            checks.push(instruction(JUMP_NOT_EQUAL, 4, 0, 0, major as i32));
        }
        if let Some(minor) = rule.minor {
            checks.push(instruction(JUMP_NOT_EQUAL, 5, 0, 0, minor as i32));
        }
        let length = checks.len() + 2;
        for (at, mut check) in checks.into_iter().enumerate() {
            if matches!(check.code, JUMP_NOT_EQUAL | JUMP_NOT_EQUAL_REGISTER) {
                check.offset = (length - at - 1) as i16;
            }
            code.push(check);
        }
        code.push(instruction(MOV_IMMEDIATE, 0, 0, 0, 1));
        code.push(instruction(EXIT, 0, 0, 0, 0));
    }
    code.push(instruction(MOV_IMMEDIATE, 0, 0, 0, 0));
    code.push(instruction(EXIT, 0, 0, 0, 0));
    code
}

#[repr(C)]
#[derive(Default)]
struct LoadAttr {
    prog_type: u32,
    insn_cnt: u32,
    insns: u64,
    license: u64,
    log_level: u32,
    log_size: u32,
    log_buf: u64,
    kern_version: u32,
    prog_flags: u32,
}

#[repr(C)]
#[derive(Default)]
struct AttachAttr {
    target_fd: u32,
    attach_bpf_fd: u32,
    attach_type: u32,
    attach_flags: u32,
}

/// Allows the processes of a cgroup (v2, a descriptor of its folder) only the devices listed.
/// The filter lives as long as the cgroup.
pub fn attach_device_filter(cgroup: impl AsFd, rules: &[DeviceRule]) -> io::Result<()> {
    const BPF_PROG_LOAD: libc::c_int = 5;
    const BPF_PROG_ATTACH: libc::c_int = 8;
    const BPF_PROG_TYPE_CGROUP_DEVICE: u32 = 15;
    const BPF_CGROUP_DEVICE: u32 = 6;
    const BPF_F_ALLOW_MULTI: u32 = 2;
    let code = program(rules);
    let load = LoadAttr {
        prog_type: BPF_PROG_TYPE_CGROUP_DEVICE,
        insn_cnt: code.len() as u32,
        insns: code.as_ptr() as u64,
        license: c"Apache-2.0".as_ptr() as u64,
        ..LoadAttr::default()
    };
    // SAFETY: the attribute and what it points to live through the call; the kernel verifies
    // the program; the result is a new descriptor that nobody else owns.
    let filter = unsafe {
        let fd = libc::syscall(
            libc::SYS_bpf,
            BPF_PROG_LOAD,
            &raw const load,
            size_of::<LoadAttr>(),
        );
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        OwnedFd::from_raw_fd(fd as i32)
    };
    let attach = AttachAttr {
        target_fd: cgroup.as_fd().as_raw_fd() as u32,
        attach_bpf_fd: filter.as_raw_fd() as u32,
        attach_type: BPF_CGROUP_DEVICE,
        attach_flags: BPF_F_ALLOW_MULTI,
    };
    // SAFETY: the attribute lives through the call and names two open descriptors.
    let result = unsafe {
        libc::syscall(
            libc::SYS_bpf,
            BPF_PROG_ATTACH,
            &raw const attach,
            size_of::<AttachAttr>(),
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_kernel_takes_the_program() {
        let root = [
            Path::new("/sys/fs/cgroup"),
            Path::new("/sys/fs/cgroup/unified"),
        ];
        let root = root
            .into_iter()
            .find(|root| root.join("cgroup.subtree_control").exists());
        let Some(root) = root.filter(|_| rustix::process::geteuid().is_root()) else {
            println!("skipped: needs root and a cgroup2 mount");
            return;
        };
        let folder = root.join(format!("skeg-test-bpf-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let rules = [
            DeviceRule {
                kind: b'c',
                major: None,
                minor: None,
                access: 1,
            },
            DeviceRule {
                kind: b'c',
                major: Some(1),
                minor: Some(3),
                access: 7,
            },
            DeviceRule {
                kind: b'a',
                major: Some(136),
                minor: None,
                access: 6,
            },
        ];
        let cgroup = std::fs::File::open(&folder).unwrap();
        let attached = attach_device_filter(&cgroup, &rules);
        // A shell that enters the group may use /dev/null, but not /dev/zero.
        let script = format!(
            "echo 0 > {}/cgroup.procs && exec < /dev/null && ! (exec < /dev/zero) 2>&1",
            folder.display()
        );
        let status = std::process::Command::new("/bin/sh")
            .args(["-c", &script])
            .output();
        drop(cgroup);
        while std::fs::remove_dir(&folder).is_err_and(|error| error.raw_os_error() == Some(16)) {}
        attached.unwrap();
        let output = status.unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}
