//! The clock of the database's machine is set.

use crate::house::{House, cut};
use crate::servers::until;

#[test]
fn a_clock_that_was_set_back_keeps_no_job_from_the_next_worker() {
    let mut house = House::new();
    cut(&house.recordings().join("a.avi"), 0, 40);
    house.submit().success();
    house.hire("gone");
    let (job, token) = house.wait_for("it counts", "gone");
    house.kill("gone");
    // It was heard of last by a clock that was days ahead.
    house.sql("UPDATE archive.job SET seen = now() + interval '3 days'");
    house.hire("next");
    let done = format!("SELECT 1 FROM archive.job WHERE id = {job} AND token > {token} AND state = 'done'");
    until("another has counted it", || house.number(&done));
}
