//! The log as machines read it: one JSON object a line, and each line of a call carries its id.

use std::time::Duration;

use serde_json::Value;
use tests::program::Program;
use tests::telephone::Sipp;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_logged_of_a_call_carries_its_id() {
    let program = Program::start(&[("LOG__JSON", "true")]).await.expect("the program starts");
    Sipp::new("brief").run(&program).await.expect("a call");
    program.until_quiet(Duration::from_secs(60)).await.expect("the call is over");
    let log = program.log();
    let lines = log.lines().filter(|line| line.starts_with('{'));
    let lines: Vec<Value> =
        lines.map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect();
    let of_call = lines.iter().filter(|line| line["span"]["name"] == "call");
    let ids: Vec<_> = of_call.filter_map(|line| line["span"]["call.id"].as_str()).collect();
    assert!(!ids.is_empty(), "no line of a call: {log}");
    assert!(ids.iter().all(|id| id.len() == 36), "{ids:?}");
    program.stop().await.expect("it stops in peace");
}
