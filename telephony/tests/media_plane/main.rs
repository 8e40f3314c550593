//! The media plane alone, with telephones at its ports: what they hear of each other, and what bad
//! packets do.

mod counted;
mod orders;
mod phone;
mod place;
mod rooms;
mod streams;
mod voice;
