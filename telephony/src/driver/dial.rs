//! A citizen as a library: places a real call, speaks, presses keys, listens.
