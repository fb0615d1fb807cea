//! Servers that are away, and a hub's disk that is lost.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::house::{House, NOBODY, cut};
use crate::servers::{Running, until};

#[test]
fn a_hub_and_a_database_that_die_lose_nothing() {
    let mut house = House::new();
    for index in 0..3 {
        cut(&house.recordings().join(format!("{index}.avi")), 50 * index, 40);
    }
    let expected = house.one_machine();
    house.submit().success();
    house.hire("worker");
    house.wait_for("it counts", "worker");
    house.hub.kill();
    house.postgres.kill();
    house.hub.go_on();
    house.postgres.go_on();
    let done = "SELECT 1 WHERE (SELECT count(*) FROM archive.result) = 3";
    until("all is counted", || house.number(done));
    assert_eq!(house.archive(&["export"]).success().stdout, expected);
    house.kill(NOBODY);
    // The hub's disk is lost with a job on it: the database has it.
    house.kill("worker");
    cut(&house.recordings().join("3.avi"), 200, 20);
    house.submit().success();
    house.hub.lose_disk();
    let told = house.archive(&["status"]).success().stdout;
    assert!(told.contains("the hub lacks 1 jobs"), "{told}");
    house.archive(&["retry", "--all"]).success();
    // A worker that is started before the database waits for it.
    house.postgres.kill();
    let mut early = house.worker("early");
    early.arg("--until-empty").stdout(Stdio::null()).stderr(Stdio::piped());
    let mut early = Running(early.spawn().unwrap());
    let mut said = BufReader::new(early.0.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.any(|line| line.contains("the database: connect") && line.contains("going on in")));
    house.postgres.go_on();
    said.for_each(drop);
    assert!(early.0.wait().unwrap().success());
    assert_eq!(house.status()["done"], 4);
}
