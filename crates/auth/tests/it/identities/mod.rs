mod claim;
mod create;
mod delete;
mod parts;
mod remove_actor;
mod retrieve;
mod together;
mod update;
