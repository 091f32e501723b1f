//! An app in the test's own process, and its clients.

mod answer;
mod app;
mod client;
mod delivering;
pub(crate) mod documented;
mod factors;
pub(crate) mod forge;
mod limited;
mod log;
pub(crate) mod passkeys;
mod roles;
mod together;

pub(crate) use answer::Answer;
pub(crate) use app::{PASSWORD, TestApp};
pub(crate) use client::{Anonymous, Ask, Client, Invited, Registered, User};
pub(crate) use delivering::{MadeWebhook, Sink};
pub(crate) use factors::{Factor, PendingSignIn, WRONG_CODE};
pub(crate) use limited::MadeKey;
pub(crate) use log::Log;
pub(crate) use roles::RoleScene;
pub(crate) use together::together;
