//! `vestibule serve`

use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use vestibule::Vestibule;
use vestibule::api::{router, router_for_medusa_admin, starting};
use vestibule::core::{Environment, link};
use vestibule::dashboard::pages::{CALLBACKS, UPLOADS};
use vestibule::dashboard::{self, Dashboard};
use vestibule::database::Database;
use vestibule::flows::USER;
use vestibule::rbac::AssignRolesError;
use vestibule::scim::{self, Scim};
use vestibule::server::{LayerConfig, Served, ServerLimits, method_not_allowed, not_found, serve, with_layers};
use vestibule::web::AddressLimit;

use super::setup::Setup;
use super::start::wait_for_database;
use super::{Failure, clean_up, output, providers};

/// How long background work may take to finish when the process stops.
const FINISH: Duration = Duration::from_secs(20);

#[derive(Debug, Default, Args)]
pub(super) struct Serve {
    /// Leave mails and webhooks to `vestibule worker`, as with events.worker = false.
    #[arg(long)]
    no_worker: bool,
}

impl Serve {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        run(setup, setup.configuration.events.worker && !self.no_worker).await
    }
}

async fn run(setup: &Setup, is_worker: bool) -> Result<(), Failure> {
    setup.start_logs();
    providers::warn_of_stand_ins(&setup.configuration);
    let transports = if is_worker { Some(setup.transports()?) } else { None };
    let mailer = setup.mailer()?;
    // A process that leaves mails to another one starts without their templates: its pages offer no test and no preview.
    let templates = setup.templates().ok();
    // Mistakes come before what is in use on the machine.
    setup.check()?;
    let brand = setup.brand()?;
    // Registered first, so that a stop during the start is not lost.
    let signal = stop_signal()?;
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(async move {
        signal.await;
        stop.send_replace(true);
    });
    let server = &setup.configuration.server;
    let listener = TcpListener::bind(server.listen).await.map_err(|error| {
        Failure::failed(format!(
            "cannot listen on {}: {error}. Stop the program that uses it, or choose another address with --listen",
            server.listen
        ))
    })?;
    let bound = listener.local_addr().map_err(|error| Failure::failed(error.to_string()))?;
    let public_url = server.public_url(bound).to_string();
    let environment = Environment::system();
    let config = LayerConfig::new(environment.clone())
        .pages(&server.dashboard_path)
        .foreign_forms(&format!("{}{CALLBACKS}", server.dashboard_path))
        .uploads(&format!("{}{UPLOADS}", server.dashboard_path))
        .hsts_subdomains(server.hsts_subdomains)
        .trusted_proxies(server.trusted_proxies.clone())
        .public_url(&public_url)
        .and_then(|config| config.cors_origins(&server.cors_origins))
        .map_err(|error| Failure::wrong(error.to_string()))?;
    let limits = ServerLimits {
        connections: server.max_connections,
        connections_per_address: setup.configuration.limits.connections_per_address,
        idle: server.keep_alive,
        ..ServerLimits::default()
    };
    // Supervisors see that the process is alive while it waits for its database, or for one that migrates it.
    let (served, replace) = Served::until_replaced(with_layers(starting(), &config));
    let mut serving =
        tokio::spawn(serve(listener, served, limits, server.trusted_proxies.clone(), until_set(stopping.clone())));
    let opened = wait_for_database(setup, async || open(setup, &public_url).await);
    let vestibule = tokio::select! {
        // No work is pending yet, and opening may wait long for other processes.
        _ = &mut serving => return Ok(()),
        opened = opened => opened?,
    };
    let limit = AddressLimit::new(environment, setup.configuration.limits.per_address)
        .with_per_hour(setup.configuration.limits.per_address_hour);
    let web = vestibule
        .web_at(&public_url)
        .with_address_limit(limit)
        .with_webhooks(setup.webhooks(&vestibule))
        .with_mailer(mailer.clone());
    let waiting = web.waiting.clone();
    tokio::spawn(async move {
        until_set(stopping).await;
        waiting.end();
    });
    let directories = scim::router(Scim::new(web.clone(), &public_url));
    let pages = Dashboard::new(web.clone(), public_url.clone()).below(&server.dashboard_path);
    let pages = pages.with_brand(brand).with_installation(setup.installation());
    let pages = match templates {
        Some(templates) => pages.with_mails(setup.mails(&vestibule, &public_url, templates, mailer)),
        None => pages,
    };
    let pages = dashboard::entrance(&pages).merge(dashboard::router(pages));
    let api = if setup.configuration.compat.medusa_admin { router_for_medusa_admin(web) } else { router(web) };
    let routes =
        api.merge(pages).merge(directories).fallback(not_found).method_not_allowed_fallback(method_not_allowed);
    replace.with(with_layers(routes, &config));
    let (running, stopped) = watch::channel(());
    let mut beside = JoinSet::new();
    if let Some(transports) = transports {
        let relay = setup.relay(transports, &vestibule, &public_url);
        setup.log_mail_folder();
        let stopped = stopped.clone();
        beside.spawn(async move { relay.run(until_closed(stopped)).await });
    }
    beside.spawn(exchange(vestibule.flows().database().clone(), stopped.clone()));
    beside.spawn(build_indexes(vestibule.clone(), stopped.clone()));
    beside.spawn(clean_up::run(vestibule, setup.configuration.audit.keep, stopped));
    output::line(&format!("listening on http://{bound}"))?;
    let served = serving.await.map_err(std::io::Error::other).flatten();
    // Lets background work finish, so that the database is closed when this returns.
    drop(running);
    let finished = async { while beside.join_next().await.is_some() {} };
    if tokio::time::timeout(FINISH, finished).await.is_err() {
        tracing::warn!("background work did not finish in time: the next process tries its deliveries again");
    }
    served.map_err(|error| Failure::failed(format!("the server stopped: {error}")))
}

/// Opens the modules, and checks and logs what concerns their data.
async fn open(setup: &Setup, public_url: &str) -> Result<Vestibule, Failure> {
    // The port is known only after listening, and browsers name it in the origin.
    let vestibule = providers::add_passkeys(setup.open().await?, &setup.configuration, public_url)?;
    check_default_roles(&vestibule).await?;
    warn_of_super_admins_without_method(&vestibule).await?;
    log_setup_link(&vestibule, public_url, &setup.configuration.server.dashboard_path).await?;
    Ok(vestibule)
}

/// Completes when the value is true, or can no longer become so.
async fn until_set(mut value: watch::Receiver<bool>) {
    value.wait_for(|set| *set).await.ok();
}

/// Returns a future that completes on SIGTERM or Ctrl-C.
pub(super) fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    let failed = |error: std::io::Error| Failure::failed(format!("cannot receive signals: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("stopping: finishing running requests"),
            _ = interrupt.recv() => tracing::info!("interrupted: finishing running requests"),
        }
    })
}

/// Checks that the roles of new users exist: otherwise none could be created.
async fn check_default_roles(vestibule: &Vestibule) -> Result<(), Failure> {
    let flows = vestibule.flows();
    let lists = [("rbac.default_roles", flows.default_roles()), ("auth.sign_up.roles", &flows.sign_up_rule().roles)];
    for (key, roles) in lists {
        match flows.rbac().grants_of_roles(flows.database(), roles).await {
            Ok(_) => {}
            Err(AssignRolesError::Roles(unknown)) => {
                return Err(Failure::wrong(format!(
                    "{key}: there is no role {}; `vestibule role list` lists the roles",
                    unknown.ids.join(", ")
                )));
            }
            Err(error) => return Err(super::exit::of(&error)),
        }
    }
    Ok(())
}

/// The configuration can take the last sign-in method from the last super admin (security.md 44): the operator should know.
async fn warn_of_super_admins_without_method(vestibule: &Vestibule) -> Result<(), Failure> {
    let flows = vestibule.flows();
    let of_super_admins = flows.providers_of_super_admins().await.map_err(|error| super::exit::of(&error))?;
    let offered = |id: &String| flows.auth().providers_of(USER).any(|provider| provider.identifier() == id);
    if !of_super_admins.is_empty() && !of_super_admins.iter().any(offered) {
        tracing::warn!(
            "no super admin can sign in: their sign-in methods ({}) are not configured, or not in auth.methods.user",
            of_super_admins.join(", ")
        );
    }
    Ok(())
}

/// If there are no users, logs a link by which the first administrator is created, once.
async fn log_setup_link(vestibule: &Vestibule, public_url: &str, dashboard_path: &str) -> Result<(), Failure> {
    let token = vestibule.flows().issue_first_user_token().await.map_err(|error| super::exit::of(&error))?;
    if let Some(token) = token {
        let setup = link(public_url, &format!("{dashboard_path}/setup"), "token", &token);
        tracing::info!(
            "there are no users yet: open {setup} within a day to create the first administrator, \
             or use `vestibule user create --email …`"
        );
    }
    Ok(())
}

/// Completes when the other end is dropped.
async fn until_closed(mut stopped: watch::Receiver<()>) {
    while stopped.changed().await.is_ok() {}
}

/// Receives what other processes have committed, so that waiting for events needs no polling.
async fn exchange(database: Database, stopped: watch::Receiver<()>) {
    tokio::select! {
        () = until_closed(stopped) => {}
        () = database.exchange_announcements() => {}
    }
}

/// Fills the counts and builds the indexes that are missing, while requests are served without them.
async fn build_indexes(vestibule: Vestibule, stopped: watch::Receiver<()>) {
    tokio::select! {
        () = until_closed(stopped) => {}
        built = vestibule.build_indexes() => if let Err(error) = built {
            tracing::warn!(%error, "the counts or indexes of the database could not be looked at");
        }
    }
}
