mod device;
mod link;
mod or_create_user;
mod pending_link;
mod session;
mod sign_up;
