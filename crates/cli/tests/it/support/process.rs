//! A long-running process of the program.

use std::process::ExitStatus;
use std::sync::{Arc, Mutex};

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{PATIENCE, Ran};

/// `vestibule serve` or `vestibule worker`; killed when dropped.
pub(crate) struct Process {
    child: Child,
    out: Lines,
    err: Lines,
}

/// Lines, read as they are written.
struct Lines {
    lines: Arc<Mutex<Vec<String>>>,
    count: watch::Receiver<usize>,
    reading: JoinHandle<()>,
}

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// Its standard output, line by line.
    pub(crate) out: Vec<String>,
    /// Its log.
    pub(crate) err: Vec<String>,
}

impl Process {
    /// Starts it and waits for its first line on standard output. `Err` if it ended instead.
    pub(crate) async fn start(mut command: Command) -> Result<(Self, String), Ran> {
        let mut child = command.spawn().unwrap();
        let mut out = Lines::of(child.stdout.take().unwrap());
        let err = Lines::of(child.stderr.take().unwrap());
        let said = timeout(PATIENCE, out.count.wait_for(|count| *count > 0)).await;
        if said.unwrap_or_else(|_| panic!("the program is not ready: {:?}", err.so_far())).is_err() {
            let status = timeout(PATIENCE, child.wait()).await.expect("the program neither runs nor ends").unwrap();
            let text = |lines: Vec<String>| lines.iter().map(|line| format!("{line}\n")).collect();
            let (out, err) = (text(out.all().await), text(err.all().await));
            return Err(Ran { arguments: vec![format!("{command:?}")], code: status.code().unwrap_or(-1), out, err });
        }
        let first = out.so_far().remove(0);
        Ok((Self { child, out, err }, first))
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().expect("the program runs").cast_signed()).unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Returns the log so far.
    pub(crate) fn log(&self) -> String {
        self.err.so_far().join("\n")
    }

    /// Ends it like a crash.
    pub(crate) async fn kill(mut self) {
        self.signal(Signal::KILL);
        self.child.wait().await.unwrap();
    }

    /// Stops it and waits until it has ended, which must succeed.
    pub(crate) async fn stop(self) -> Ended {
        self.signal(Signal::TERM);
        let ended = self.ended().await;
        assert_eq!(ended.status.code(), Some(0), "{ended:?}");
        ended
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(mut self) -> Ended {
        let status = timeout(PATIENCE, self.child.wait()).await.expect("the program did not end").unwrap();
        Ended { status, out: self.out.all().await, err: self.err.all().await }
    }
}

impl Lines {
    fn of(source: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (counted, count) = watch::channel(0);
        let kept = Arc::clone(&lines);
        let reading = tokio::spawn(async move {
            let mut source = BufReader::new(source).lines();
            while let Ok(Some(line)) = source.next_line().await {
                kept.lock().unwrap().push(line);
                counted.send_modify(|count| *count += 1);
            }
        });
        Self { lines, count, reading }
    }

    fn so_far(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// Returns all lines, once the program has closed its end.
    async fn all(self) -> Vec<String> {
        timeout(PATIENCE, self.reading).await.expect("the output did not end").unwrap();
        self.lines.lock().unwrap().clone()
    }
}
