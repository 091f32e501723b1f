mod authenticate;
mod hashes;
mod register;
mod same_work;
mod update;
