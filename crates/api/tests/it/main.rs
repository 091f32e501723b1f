//! The JSON API from outside: requests through the router and its middleware, on both engines.
//!
//! Modules mirror the routes' paths. `security` has a test for each number of security.md that concerns these routes,
//! `bad_input` what every route must withstand, `together` concurrent requests, `contract` the exchange that was
//! recorded from the reference. The client of every test checks what holds for every response, see
//! `support::Answer`.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that panics has failed")]

mod admin;
mod auth;
mod bad_input;
mod clients;
mod contract;
mod deviations;
mod docs;
mod health;
mod medusa_admin;
mod openapi;
mod public_path;
mod schemas;
mod security;
mod support;
mod together;
mod trailing_slashes;
