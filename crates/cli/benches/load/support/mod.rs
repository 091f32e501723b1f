//! What the benchmarks share: processes to be measured, load upon them, and tables of what came of it.

pub(crate) mod bare;
pub(crate) mod client;
pub(crate) mod disk;
pub(crate) mod load;
pub(crate) mod machine;
pub(crate) mod process;
pub(crate) mod rounds;
pub(crate) mod site;
pub(crate) mod table;

/// A runtime on the thread that asks for it.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Lets time pass.
pub(crate) fn pause(time: std::time::Duration) {
    runtime().block_on(async { tokio::time::sleep(time).await });
}
