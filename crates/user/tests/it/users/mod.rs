mod create;
mod delete;
mod list;
mod lock;
mod plans;
mod retrieve;
mod update;
