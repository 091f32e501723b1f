//! The log: text or JSON lines on standard error.

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use vestibule_cli::configuration::{LogFormat, LogSettings};

/// Starts logging as configured.
pub(super) fn start(settings: &LogSettings) {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(settings.level.clone());
    // Keeps the subscriber of a process that logs already.
    drop(match settings.format {
        LogFormat::Text => {
            registry.with(lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))).try_init()
        }
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    });
}
