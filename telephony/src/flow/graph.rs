//! The shape of a greeting: no loops, nothing unreachable, the language first. Pure.

use std::collections::BTreeSet;

use super::{Flow, FlowError, Step, StepIndex};

/// Checks the shape. Since the only step without a way out is a queue and every branch names a step
/// that exists, a greeting without loops ends at a person on every branch.
pub(super) fn check(flow: &Flow) -> Result<(), FlowError> {
    let mut walk = Walk { flow, open: vec![], done: vec![false; flow.steps.len()] };
    walk.visit(flow.first)?;
    walk.visit(flow.known)?;
    if let Some(unreached) = walk.done.iter().position(|done| !done) {
        let step = flow.step_name(StepIndex(unreached)).to_owned();
        return Err(FlowError::Unreachable { flow: flow.name.clone(), step });
    }
    language_first(flow)
}

/// Depth first; recursion is bounded by the number of steps, 64.
struct Walk<'a> {
    flow: &'a Flow,
    /// The steps on the way here.
    open: Vec<StepIndex>,
    done: Vec<bool>,
}

impl Walk<'_> {
    fn visit(&mut self, at: StepIndex) -> Result<(), FlowError> {
        if self.done[at.0] {
            return Ok(());
        }
        self.open.push(at);
        for (branch, to) in self.flow.step(at).branches() {
            if self.open.contains(&to) {
                let step = self.flow.step_name(at).to_owned();
                return Err(FlowError::Loop { flow: self.flow.name.clone(), step, branch });
            }
            self.visit(to)?;
        }
        self.open.pop();
        self.done[at.0] = true;
        Ok(())
    }
}

/// With several languages, the first step asks for one, in each of them; its keys set each of them.
fn language_first(flow: &Flow) -> Result<(), FlowError> {
    if flow.languages.len() == 1 {
        return Ok(());
    }
    let not_first = || FlowError::LanguageNotFirst {
        flow: flow.name.clone(),
        step: flow.step_name(flow.first).to_owned(),
    };
    let Step::Choose(choice) = flow.step(flow.first) else { return Err(not_first()) };
    let mut offered = BTreeSet::new();
    for to in choice.keys.values() {
        let Step::SetLanguage { language, .. } = flow.step(*to) else { return Err(not_first()) };
        offered.insert(language);
    }
    if choice.speech.every_language && offered.len() == flow.languages.len() {
        Ok(())
    } else {
        Err(not_first())
    }
}
