//! Audio arithmetic: G.711, prompts in memory, levels. Pure.
