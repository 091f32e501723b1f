//! The log of a test.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use tracing::dispatcher::{DefaultGuard, Dispatch, set_default};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

/// A second subscriber for as long as the tests run, which writes nothing. With a single one, a call site that another
/// test's thread passes first, without a subscriber, stays silent for all.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| {
    tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(std::io::sink).finish().into()
});

/// A log in memory.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Records what this thread logs, up to this level, until the guard is dropped.
    pub(crate) fn keep(&self, level: LevelFilter) -> DefaultGuard {
        LazyLock::force(&SECOND);
        let subscriber = tracing_subscriber::fmt().with_max_level(level).with_ansi(false).with_writer(self.clone());
        set_default(&subscriber.finish().into())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Write::write(&mut *self.0.lock().unwrap(), bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
