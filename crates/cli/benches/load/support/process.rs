//! A server in its own process, and the resources it uses.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::machine;

/// A listening process, killed when dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Starts a program that prints `listening on http://ADDRESS` when it is ready.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut said).expect("its first line");
        let address = said.trim().strip_prefix("listening on http://").and_then(|address| address.parse().ok());
        Self { child, address: address.expect("the program listens, or printed the reason on standard error") }
    }

    /// Suspends the process while another one is measured.
    pub(crate) fn pause(&self) {
        kill_process(self.pid(), Signal::STOP).expect("it runs");
    }

    /// Resumes the process.
    pub(crate) fn go_on(&self) {
        kill_process(self.pid(), Signal::CONT).expect("it runs");
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed()).expect("it has an id")
    }

    /// Returns the processor time that it has used.
    pub(crate) fn processor_time(&self) -> Duration {
        machine::processor_time(&self.child.id().to_string()).expect("it runs")
    }

    /// Returns a line of `/proc/PID/status` that is in kB, such as `VmRSS`, in MB.
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
