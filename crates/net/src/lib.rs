//! Pod network and service proxy, by netlink to the kernel.
