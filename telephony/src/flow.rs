//! The greeting as data: what a caller hears and may press before a person answers. Pure.
