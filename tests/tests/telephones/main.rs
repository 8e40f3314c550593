//! Real telephones call the real program.

mod many_calls;
mod one_call;
mod refusals;
mod stations;
