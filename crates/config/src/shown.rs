//! What others may see of a configuration, setting by setting: no secret, no path, no address.
//!
//! Each part is taken apart whole, so that a new setting is in here or does not compile.

use footfall_count::PartLayout;
use footfall_evidence::EvidenceConfig;
use footfall_serve::Config as ServeConfig;
use footfall_video::SourceOptions;
use serde_json::{Value, json};

use crate::LedgerConfig;
use crate::{Config, NetworkConfig, SourceEntry, Sources};
use crate::{RememberConfig, StaffConfig};

impl Config {
    /// The settings for those who look from elsewhere.
    #[must_use]
    pub fn shown(&self) -> Value {
        let Self {
            networks,
            source,
            detector,
            embedder,
            tracker,
            counter,
            staff,
            remember,
            site,
            overlay,
            health,
            pipeline,
            outputs: _,
            ledger,
            evidence,
            opening,
            hours: _,
            serve,
            publish: _,
            lines,
            zones,
            masks,
            set_in_tracker: _,
            set_distances: _,
        } = self;
        let NetworkConfig { device, detector: _, embedder: _, runtime: _, no_embedder } = networks;
        let RememberConfig { file: _, key: _ } = remember;
        let StaffConfig { gallery: _, max_cosine_distance } = staff;
        let LedgerConfig { file: _, retention, remove_unsent, removed_lines, start_time: _, recount: _ } =
            ledger;
        let EvidenceConfig {
            folder,
            blur,
            below,
            around,
            minutes_a_day,
            seed: _,
            days,
            megabytes,
            width,
            rate,
            quality,
            key,
        } = evidence;
        let ServeConfig { address: _, threads, trusted_proxies: _, picture, limits, tls: _, tokens: _ } =
            serve;
        without_nulls(json!({
            "networks": { "device": device, "no_embedder": no_embedder },
            "source": of_sources(source),
            "detector": detector,
            "embedder": embedder,
            "tracker": tracker,
            "counter": counter,
            "staff": { "max_cosine_distance": max_cosine_distance },
            "remember": { "kept": remember.file.is_some() },
            "site": site,
            "overlay": overlay,
            "health": health,
            "pipeline": pipeline,
            "ledger": { "retention": retention, "remove_unsent": remove_unsent, "removed_lines": removed_lines },
            "evidence": {
                "kept": folder.is_some(), "blur": blur, "below": below, "around": around,
                "minutes_a_day": minutes_a_day, "days": days, "megabytes": megabytes, "width": width,
                "rate": rate, "quality": quality, "encrypted": key.is_some(),
            },
            "hours": opening,
            "serve": { "threads": threads, "picture": picture, "limits": limits },
            "line": lines,
            "zone": zones,
            "mask": masks,
        }))
    }
}

fn of_sources(sources: &Sources) -> Value {
    let Sources { options, list } = sources;
    if list.is_empty() { of_options(options) } else { list.iter().map(of_entry).collect() }
}

fn of_entry(entry: &SourceEntry) -> Value {
    let SourceEntry { name, url: _, anchor, layout, windows, reference: _, hours, options } = entry;
    let PartLayout { lines, zones, masks } = layout;
    let mut shown = of_options(options);
    let own = json!({
        "name": name, "anchor": anchor, "windows": windows, "hours": hours, "line": lines, "zone": zones, "mask": masks
    });
    if let (Value::Object(shown), Value::Object(own)) = (&mut shown, own) {
        shown.extend(own);
    }
    shown
}

fn of_options(options: &SourceOptions) -> Value {
    let SourceOptions {
        frame_rate,
        open_timeout,
        read_timeout,
        transport,
        login_file: _,
        retry_first,
        retry_most,
        give_up_after,
        uncounted_gap,
        camera_size,
        camera_rate,
        camera_format,
    } = options;
    json!({
        "frame_rate": frame_rate,
        "open_timeout": open_timeout,
        "read_timeout": read_timeout,
        "transport": transport,
        "retry_first": retry_first,
        "retry_most": retry_most,
        "give_up_after": give_up_after,
        "uncounted_gap": uncounted_gap,
        "camera_size": camera_size,
        "camera_rate": camera_rate,
        "camera_format": camera_format,
    })
}

/// Without what is not set.
fn without_nulls(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(|member| *member = without_nulls(member.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_nulls(item.take())),
        _ => {}
    }
    value
}
