mod create;
mod delete;
mod list;
mod lock;
mod retrieve;
mod update;
