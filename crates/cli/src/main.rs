//! The program: `vestibule serve` and the commands around it.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage or configuration. Errors are one line that says what to do.

mod commands;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let line = match commands::CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => return commands::not_understood(error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return commands::Failure::failed(format!("no threads could be started: {error}")).exit(),
    };
    match runtime.block_on(line.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.exit(),
    }
}
