//! A year of outages in a minute: what a publisher holds must not grow with them.

use std::fs;
use std::sync::atomic::Ordering;
use std::time::Duration;

use footfall_serve::{Pace, Publishers};

use crate::common::{book, crossing, until};
use crate::mqtt::{publish, shapes};
use crate::old_broker::{Mood, OldBroker};

/// A year's pauses in a minute.
pub(crate) fn quick() -> Pace {
    Pace {
        first_pause: Duration::from_micros(500),
        longest_pause: Duration::from_millis(5),
        look_every: Duration::from_millis(1),
        ..Pace::default()
    }
}

/// Open files and threads of this process, and pages of memory that it has written.
fn held() -> [usize; 3] {
    let count = |folder: &str| fs::read_dir(folder).unwrap().count();
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    let data: usize = pages.split_whitespace().nth(5).unwrap().parse().unwrap();
    [count("/proc/self/fd"), count("/proc/self/task"), data]
}

#[test]
fn thousands_of_outages_leave_nothing_behind() {
    // Each connection takes what is told at its beginning and a handful of crossings, and is closed.
    let broker = OldBroker::start(Mood { longest: 1 << 20, patience: 11 });
    let (kept, book, live) = book();
    live.draw("Door", shapes(&["entrance"], &[]));
    let publishers =
        Publishers::start_at(quick(), &publish(broker.port, "shop"), &book, &live).unwrap().unwrap();
    let mut counted = 0;
    let mut outages = |kept: &crate::memory::MemoryBook, wanted: usize| {
        until(|| {
            // There is always something to send.
            if kept.cursor("mqtt") + 5 > counted {
                (0..20).for_each(|_| {
                    counted += 1;
                    kept.add(crossing(counted));
                });
                kept.forget_all_but(100);
            }
            (broker.connections.load(Ordering::Relaxed) >= wanted).then_some(())
        });
    };
    // Whatever is made once and kept has been made by then.
    outages(&kept, 100);
    outages(&kept, 200);
    let before = held();
    // A busy machine takes its time: each hundred is waited for by itself.
    (3..=22).for_each(|hundreds| outages(&kept, 100 * hundreds));
    let after = held();
    assert!(after[0] <= before[0] + 2, "open files: {before:?}, then {after:?}");
    assert!(after[1] <= before[1] + 1, "threads: {before:?}, then {after:?}");
    // 4 MiB of 4 KiB pages, over 2000 outages: an allocator's whims, and what the broker here has written down.
    assert!(
        after[2] < before[2] + 1024 + broker.taken.lock().unwrap().len() / 8,
        "memory: {before:?}, then {after:?}"
    );
    assert!(publishers.states().all()[0].failures >= 2000, "{:?}", publishers.states());
    // And nothing was lost on the way.
    let taken = broker.taken.lock().unwrap();
    let mut numbers: Vec<u64> = Vec::new();
    for (_, payload) in taken.iter().filter(|(topic, _)| topic.ends_with("/crossing")) {
        let message: serde_json::Value = serde_json::from_slice(payload).unwrap();
        numbers.push(message["sequence"].as_u64().unwrap());
    }
    // What had not been answered when the connection was closed is sent again.
    let mut new = 0;
    for number in numbers {
        assert!(number <= new + 1, "{number} after {new}");
        new = new.max(number);
    }
    let last = kept.cursor("mqtt");
    assert!(last > 1000 && new >= last, "{new} of {last}");
}
