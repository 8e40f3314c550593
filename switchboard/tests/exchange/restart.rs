//! A floor comes back from its journal.

use ids::AgentId;
use routing::{AgentState, BreakReason, Wanted};
use store::testing::TestDb;

use crate::support::{Bench, profile};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restart_the_floor_knows_its_agents_and_holds_no_dead_call() {
    let bench = Bench::start().await;
    bench.exchange.agent_online(profile(1)).await.expect("the agent is registered");
    let rest = Wanted::Break { reason: BreakReason::Rest };
    let view = bench.exchange.request_state(AgentId::from_number(1), rest).await;
    let view = view.expect("an agent may take a break");
    assert!(matches!(view.state, AgentState::Break { reason: BreakReason::Rest, .. }));
    bench.exchange.stop().await;

    let db: TestDb = bench.db;
    let again = Bench::start_with(db, |sip| sip).await;
    let floor = again.exchange.floor_view().await.expect("the floor answers");
    assert_eq!(floor.agents.len(), 1);
    assert_eq!(floor.agents[0].agent, AgentId::from_number(1));
    assert_eq!(floor.agents[0].state, AgentState::Offline, "nobody's console is connected yet");
    assert_eq!((floor.waiting.len(), floor.talking), (0, 0));
    let back = again.exchange.agent_online(profile(1)).await.expect("the agent comes back");
    assert_eq!(back.agent, AgentId::from_number(1));
    again.exchange.stop().await;
}
