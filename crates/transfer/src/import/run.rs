//! The passes of an import, from the first row to the last.

use std::collections::BTreeSet;

use vestibule_audit::Action;
use vestibule_core::{Field, FindConfig, Repeated};
use vestibule_database::transaction;
use vestibule_flows::Context;
use vestibule_rbac::RoleId;
use vestibule_user::{InviteField, InviteId, InviteState};

use super::addresses::{Doubles, live_address};
use super::batch::Done;
use super::journal::{self, Interrupted};
use super::prepare::{Prepared, Preparing};
use super::roles::SettledRoles;
use super::write::Writing;
use super::{ImportError, Importer, Invites, OnConflict, Progress};
use crate::item::{Content, Item};
use crate::moving::restore;
use crate::reason::Reason;
use crate::report::{Line, Report, Summary};
use crate::source::{Kind, SourceOptions, open};

/// What the first reading has found.
struct Scan {
    rows: u64,
    doubles: Doubles,
}

impl Importer {
    /// Imports a source. An import of the same source that was interrupted continues.
    ///
    /// # Errors
    ///
    /// [`ImportError`].
    pub async fn run(
        &self,
        source: &SourceOptions,
        report: &mut Report,
        progress: &mut dyn Progress,
    ) -> Result<Summary, ImportError> {
        if source.kind == Kind::Vestibule {
            let summary = restore(&self.flows, source, self.options.dry_run, report, progress).await?;
            report.flush().map_err(ImportError::Report)?;
            return Ok(summary);
        }
        self.check_roles(source).await?;
        let scan = self.scan(source).await?;
        if self.options.on_conflict == OnConflict::Fail {
            self.refuse_conflicts(source, &scan).await?;
        }
        let mut summary = match self.options.dry_run {
            true => self.pass_dry(source, &scan, report, progress).await?.0,
            false => self.pass(source, &scan, report, progress).await?,
        };
        scan.doubles.lines().into_iter().for_each(|line| summary.name_address(line));
        report.flush().map_err(ImportError::Report)?;
        Ok(summary)
    }

    /// The roles of the map and of the options exist.
    async fn check_roles(&self, source: &SourceOptions) -> Result<(), ImportError> {
        let named: BTreeSet<RoleId> = source.map.all_roles().chain(self.options.roles.iter().cloned()).collect();
        let mut unknown = Vec::new();
        for role in named {
            if self.flows.rbac().find_role_within(self.flows.database(), &role).await?.is_none() {
                unknown.push(role.to_string());
            }
        }
        if unknown.is_empty() { Ok(()) } else { Err(ImportError::Roles(unknown)) }
    }

    /// Reads everything once, and what is there several times a second time.
    async fn scan(&self, source: &SourceOptions) -> Result<Scan, ImportError> {
        let (mut repeated, mut rows) = (Repeated::default(), 0_u64);
        let mut reading = open(source, None).await?;
        loop {
            let items = reading.next_batch().await?;
            if items.is_empty() {
                break;
            }
            rows += u64::try_from(items.len()).unwrap_or_default();
            for item in &items {
                if let Content::Account(account) = &item.content {
                    live_address(account).iter().for_each(|address| repeated.see(address));
                }
            }
        }
        let mut doubles = Doubles::default();
        if repeated.any() {
            let mut reading = open(source, None).await?;
            loop {
                let items = reading.next_batch().await?;
                if items.is_empty() {
                    break;
                }
                for item in &items {
                    if let Content::Account(account) = &item.content
                        && let Some(canonical) = live_address(account).filter(|address| repeated.may_be(address))
                    {
                        doubles.add(canonical, account);
                    }
                }
            }
        }
        doubles.settle(self.options.collisions);
        Ok(Scan { rows, doubles })
    }

    async fn refuse_conflicts(&self, source: &SourceOptions, scan: &Scan) -> Result<(), ImportError> {
        let (_, conflicts) = self.pass_dry(source, scan, &mut Report::none(), &mut super::Quiet).await?;
        match conflicts.first() {
            Some(first) => Err(ImportError::Conflict {
                number: u64::try_from(conflicts.len()).unwrap_or_default(),
                first: first.clone(),
            }),
            None => Ok(()),
        }
    }

    fn preparing<'a>(
        &'a self,
        source: &'a SourceOptions,
        scan: &'a Scan,
        roles: &'a SettledRoles,
        now: vestibule_core::Timestamp,
    ) -> Preparing<'a> {
        let default_roles = self.flows.default_roles();
        let source_roles = roles.ours.as_ref();
        Preparing { source, options: &self.options, doubles: &scan.doubles, default_roles, source_roles, now }
    }

    fn prepare_all(&self, items: Vec<Item>, preparing: &Preparing<'_>) -> Vec<(String, Prepared)> {
        items.into_iter().map(|item| (item.place.clone(), self.prepare(item, preparing))).collect()
    }

    /// Tries everything in transactions that are rolled back. Returns the conflicts, too: the first thousand.
    async fn pass_dry(
        &self,
        source: &SourceOptions,
        scan: &Scan,
        report: &mut Report,
        progress: &mut dyn Progress,
    ) -> Result<(Summary, Vec<String>), ImportError> {
        let roles = self.settle_roles(source, true).await?;
        let preparing = self.preparing(source, scan, &roles, self.flows.environment().now());
        let (mut summary, mut conflicts, mut rows) = (Summary::default(), Vec::new(), 0);
        write_lines(&mut summary, report, &roles.lines, true)?;
        let mut reading = open(source, None).await?;
        progress.begin(scan.rows);
        loop {
            let items = reading.next_batch().await?;
            if items.is_empty() {
                return Ok((summary, conflicts));
            }
            rows += u64::try_from(items.len()).unwrap_or_default();
            let prepared = self.prepare_all(items, &preparing);
            let done = match self.try_batch(&prepared).await {
                Ok(done) => done,
                Err(_) => self.try_rows(&prepared).await?,
            };
            conflicts.extend(done.conflicts);
            conflicts.truncate(1_000);
            write_lines(&mut summary, report, &done.lines, true)?;
            progress.at(rows);
        }
    }

    async fn try_rows(&self, rows: &[(String, Prepared)]) -> Result<Done, ImportError> {
        let mut all = Done::default();
        for row in rows {
            let done = self.try_batch(std::slice::from_ref(row)).await?;
            all.lines.extend(done.lines);
            all.conflicts.extend(done.conflicts);
        }
        Ok(all)
    }

    async fn pass(
        &self,
        source: &SourceOptions,
        scan: &Scan,
        report: &mut Report,
        progress: &mut dyn Progress,
    ) -> Result<Summary, ImportError> {
        let database = self.flows.database();
        journal::set_up(database).await?;
        let fingerprint = source.fingerprint()?;
        let now = self.flows.environment().now();
        let found = journal::find_interrupted(database, &fingerprint).await?;
        let mark = found.as_ref().and_then(|found| found.mark.clone());
        let mut writing = match found {
            Some(Interrupted { id, counts, started_at, batches, .. }) => Writing {
                id,
                source: source.kind.name(),
                fingerprint,
                started_at,
                has_begun: true,
                batches,
                mark: mark.clone().unwrap_or_default(),
                summary: Summary::from_json(&counts),
            },
            None => Writing {
                id: self.flows.environment().id(),
                source: source.kind.name(),
                fingerprint,
                started_at: now,
                has_begun: false,
                batches: 0,
                mark: String::new(),
                summary: Summary::default(),
            },
        };
        if let Some(mark) = &mark {
            tracing::info!(import = %writing.id, %mark, "an interrupted import continues");
            // It may have stopped between the last batch and its invites.
            if let Some((_, last)) = journal::next_batch(database, writing.id, writing.batches - 1).await? {
                self.hand_out_invites(&last.people, report).await?;
            }
        }
        let roles = self.settle_roles(source, false).await?;
        let preparing = self.preparing(source, scan, &roles, writing.started_at);
        let mut reading = open(source, mark.as_deref()).await?;
        progress.begin(scan.rows);
        let mut rows: u64 = writing.summary.counts().map(|(_, _, number)| number).sum();
        progress.at(rows);
        // They were counted before, where an interrupted import continues.
        write_lines(&mut writing.summary, report, &roles.lines, mark.is_none())?;
        loop {
            let items = reading.next_batch().await?;
            let Some(mark) = items.last().map(|item| item.mark.clone()) else { break };
            rows += u64::try_from(items.len()).unwrap_or_default();
            let prepared = self.prepare_all(items, &preparing);
            let done = self.commit_batch(&mut writing, &prepared, &mark).await?;
            write_lines(&mut writing.summary, report, &done.lines, false)?;
            self.hand_out_invites(&done.invites, report).await?;
            progress.at(rows);
        }
        self.finish(&mut writing).await?;
        Ok(writing.summary)
    }

    async fn finish(&self, writing: &mut Writing) -> Result<(), ImportError> {
        if !writing.has_begun {
            return Ok(());
        }
        let id = writing.id.to_string();
        let counts = writing.summary.to_json();
        let finished: Result<(), vestibule_database::Error> = transaction!(self.flows.database(), |transaction| {
            let now = self.flows.environment().now();
            if journal::finish(transaction, writing.id, "finished", now).await? {
                self.record(transaction, Action::ImportFinished, &id, Some(counts.clone())).await?;
            }
            Ok(())
        });
        finished?;
        writing.summary.import_id = Some(id);
        Ok(())
    }

    /// Open invites get new links: in the report, or sent.
    async fn hand_out_invites(&self, ids: &[String], report: &mut Report) -> Result<(), ImportError> {
        for id in ids.iter().filter_map(|id| id.parse::<InviteId>().ok()) {
            let found = self.flows.users().list_invites(&InviteField::Id.eq(id), &FindConfig::default()).await?;
            // An interrupted import looks at its last batch again, in which there are others as well.
            let Some(invite) =
                found.into_iter().find(|invite| matches!(invite.state, InviteState::Pending | InviteState::Expired))
            else {
                continue;
            };
            let now = self.flows.environment().now();
            let detail = if invite.expires_at <= now {
                "it has expired: send it again".to_owned()
            } else if self.options.invites == Invites::Resend {
                if invite.times_sent > 1 {
                    continue;
                }
                match self.flows.resend_invite(id, &Context::operator()).await {
                    Ok(_) => "sent again".to_owned(),
                    Err(error) => format!("it could not be sent again: {error}"),
                }
            } else {
                report.link(&invite.token.unwrap_or_default())
            };
            let (id, address) = (id.to_string(), invite.email.to_string());
            let line = Line {
                place: id.clone(),
                kind: "invite",
                id,
                address,
                result: "link",
                reasons: vec![Reason::Said(detail)],
            };
            report.write(&line).map_err(ImportError::Report)?;
        }
        Ok(())
    }
}

/// Writes lines to the report, and names the addresses that are not as usual.
fn write_lines(summary: &mut Summary, report: &mut Report, lines: &[Line], counts: bool) -> Result<(), ImportError> {
    for line in lines {
        if counts {
            summary.add(line.kind, line.result);
        }
        if line.reasons.iter().any(Reason::is_of_address) {
            summary.name_address(format!("{:?} ({}): {}", line.address, line.id, Reason::joined(&line.reasons)));
        }
        report.write(line).map_err(ImportError::Report)?;
    }
    Ok(())
}
