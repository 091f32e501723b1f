mod beforehand;
mod refused;
mod registered;
mod together;
mod whole;
mod with_password;
