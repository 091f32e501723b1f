//! Each command: its options, output and exit codes.

mod access;
mod at_once;
mod backup;
mod beside_a_server;
mod config;
mod doctor;
mod erase;
mod events;
mod first_start;
mod foreign;
mod hidden;
mod import;
mod invite;
mod mail;
mod migrate;
mod output;
mod passwords;
mod unavailable;
mod usage;
mod user;
