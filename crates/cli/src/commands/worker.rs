//! `vestibule worker`

use super::serve::stop_signal;
use super::setup::Setup;
use super::start::wait_for_database;
use super::{Failure, output};

/// Delivers mails and webhooks until the process stops: for `serve --no-worker`, or beside other workers.
pub(super) async fn run(setup: &Setup) -> Result<(), Failure> {
    setup.start_logs();
    let transports = setup.transports()?;
    let mut stop = Box::pin(stop_signal()?);
    let vestibule = tokio::select! {
        () = &mut stop => return Ok(()),
        opened = wait_for_database(setup, async || setup.open().await) => opened?,
    };
    let server = &setup.configuration.server;
    let relay = setup.relay(transports, &vestibule, &server.public_url(server.listen).to_string());
    setup.log_mail_folder();
    output::line("delivering")?;
    let database = vestibule.flows().database();
    let exchange = database.exchange_announcements();
    let run = relay.run(stop);
    // The exchange ends with the relay, which finishes its work first.
    tokio::select! {
        () = run => {}
        () = exchange => {}
    }
    Ok(())
}
