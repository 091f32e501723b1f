mod authenticate;
mod forms;
mod hashes;
mod register;
mod same_work;
mod update;
