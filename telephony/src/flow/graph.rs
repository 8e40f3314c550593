//! The shape of a greeting: no loops, nothing unreachable, the language first, flat menus. Pure.

use std::collections::BTreeSet;

use super::{Flow, FlowError, Step, StepIndex};

/// Deepest menu within menus; the choice of language does not count.
const LEVELS_MAX: usize = 2;
/// Most options of a menu; `9`, `0` and `*` do not count, nor does the choice of language.
const OPTIONS_MAX: usize = 4;

/// All that is wrong with the shape. Since the only step without a way out is a queue and every
/// branch names a step that exists, a greeting without loops ends at a person on every branch.
pub(super) fn check(flow: &Flow) -> Vec<FlowError> {
    let done = vec![false; flow.steps.len()];
    let mut walk = Walk { flow, open: vec![], done, wrong: vec![] };
    walk.visit(flow.first);
    walk.visit(flow.known);
    let Walk { done, mut wrong, .. } = walk;
    let loops = !wrong.is_empty();
    for (index, _) in done.iter().enumerate().filter(|(_, done)| !**done) {
        let step = flow.step_name(StepIndex(index)).to_owned();
        wrong.push(FlowError::Unreachable { flow: flow.name.clone(), step });
    }
    wrong.extend(language_first(flow).err());
    wrong.extend(options(flow));
    if !loops {
        wrong.extend(levels(flow));
    }
    wrong
}

/// Depth first; recursion is bounded by the number of steps, 64.
struct Walk<'a> {
    flow: &'a Flow,
    /// The steps on the way here.
    open: Vec<StepIndex>,
    done: Vec<bool>,
    wrong: Vec<FlowError>,
}

impl Walk<'_> {
    fn visit(&mut self, at: StepIndex) {
        if self.done[at.0] {
            return;
        }
        self.open.push(at);
        for (branch, to) in self.flow.step(at).branches() {
            if self.open.contains(&to) {
                let step = self.flow.step_name(at).to_owned();
                self.wrong.push(FlowError::Loop { flow: self.flow.name.clone(), step, branch });
            } else {
                self.visit(to);
            }
        }
        self.open.pop();
        self.done[at.0] = true;
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

fn is_menu(flow: &Flow, at: StepIndex) -> bool {
    let asks_language = at == flow.first && flow.languages.len() > 1;
    matches!(flow.step(at), Step::Choose(_)) && !asks_language
}

fn options(flow: &Flow) -> Vec<FlowError> {
    let mut wrong = Vec::new();
    for (index, (name, step)) in flow.steps.iter().enumerate() {
        if let Step::Choose(choice) = step
            && is_menu(flow, StepIndex(index))
            && choice.keys.len() > OPTIONS_MAX
        {
            let (flow, step, options) = (flow.name.clone(), name.clone(), choice.keys.len());
            wrong.push(FlowError::TooManyOptions { flow, step, options, limit: OPTIONS_MAX });
        }
    }
    wrong
}

/// Menus that are too deep. The steps form no loop, so as many rounds as there are steps settle it.
fn levels(flow: &Flow) -> Vec<FlowError> {
    let own = |at: StepIndex| usize::from(is_menu(flow, at));
    let mut level: Vec<usize> = (0..flow.steps.len()).map(|index| own(StepIndex(index))).collect();
    for _ in 0..flow.steps.len() {
        for from in 0..flow.steps.len() {
            for (_, to) in flow.step(StepIndex(from)).branches() {
                level[to.0] = level[to.0].max(level[from] + own(to));
            }
        }
    }
    let deep = (0..flow.steps.len()).map(StepIndex).filter(|at| level[at.0] > LEVELS_MAX);
    deep.filter(|at| is_menu(flow, *at))
        .map(|at| FlowError::TooDeep {
            flow: flow.name.clone(),
            step: flow.step_name(at).to_owned(),
            levels: level[at.0],
            limit: LEVELS_MAX,
        })
        .collect()
}
