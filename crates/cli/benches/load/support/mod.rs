//! Shared by the benchmarks: processes to measure, load on them, and tables of results.

pub(crate) mod bare;
pub(crate) mod client;
pub(crate) mod disk;
pub(crate) mod load;
pub(crate) mod machine;
pub(crate) mod process;
pub(crate) mod rounds;
pub(crate) mod site;
pub(crate) mod table;

/// Returns a runtime on the current thread.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Waits.
pub(crate) fn pause(time: std::time::Duration) {
    runtime().block_on(async { tokio::time::sleep(time).await });
}
