mod device;
mod or_create_user;
mod session;
