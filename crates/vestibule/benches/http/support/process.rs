//! A server in a process of its own, and what it takes of the machine.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::ops::Range;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A process that listens. It is killed when this is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Starts a program that says `listening on http://ADDRESS` when it does.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut said).expect("its first line");
        let address = said.trim().strip_prefix("listening on http://").and_then(|address| address.parse().ok());
        Self { child, address: address.expect("the program listens, or has said on standard error why not") }
    }

    /// The processor time that it has used.
    pub(crate) fn processor_time(&self) -> Duration {
        ticks(&self.child.id().to_string(), OWN)
    }

    /// A line of `/proc/PID/status` that is in kB, such as `VmRSS`; in MB.
    pub(crate) fn memory(&self, name: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux's /proc");
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        kilobytes.expect("the line is there") / 1_000.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The processor time that this program itself has used.
pub(crate) fn own_processor_time() -> Duration {
    ticks("self", OWN)
}

/// The fields of `/proc/PID/stat`, counted from the one behind the name, that hold a process's own time.
const OWN: Range<usize> = 11..13;

/// The sum of these fields of `/proc/PID/stat`, which are in hundredths of a second.
pub(super) fn ticks(process: &str, fields: Range<usize>) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("Linux's /proc");
    // What stands before the last bracket is the program's name, which may hold anything.
    let all: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    Duration::from_millis(all[fields].iter().filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10)
}
