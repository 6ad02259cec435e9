//! A whole conversation over a pipe, in pieces: the first byte says how long they are.

use std::collections::HashMap;

use minimcp::stdio::Stdio;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::server::server;
use crate::wire::{parsed, runtime};

pub(crate) fn run(bytes: &[u8]) {
    let Some((&piece, input)) = bytes.split_first() else { return };
    let mut output = String::new();
    runtime().block_on(async {
        let (mut ours, theirs) = tokio::io::duplex(256);
        let (theirs_out, mut ours_out) = tokio::io::duplex(256);
        let serve =
            Stdio::new(server(), ()).line_limit(2048).in_flight(4).run_on(theirs, theirs_out);
        let write = async {
            for piece in input.chunks(usize::from(piece).max(1)) {
                if ours.write_all(piece).await.is_err() {
                    break;
                }
            }
            drop(ours);
        };
        let (served, (), read) = tokio::join!(serve, write, ours_out.read_to_string(&mut output));
        served.unwrap();
        read.unwrap();
    });

    // By the text of their ids, which comes back byte for byte.
    let mut asked = HashMap::<&str, usize>::new();
    let input = input.split(|byte| *byte == b'\n').filter_map(|line| str::from_utf8(line).ok());
    for id in input.flat_map(ids) {
        *asked.entry(id).or_default() += 1;
    }
    for line in output.lines() {
        if !line.starts_with('[') && parsed(line).get("method").is_some() {
            continue;
        }
        for id in ids(line).into_iter().filter(|id| *id != "null") {
            let left = asked.entry(id).or_default();
            assert!(*left > 0, "{line} answers nothing");
            *left -= 1;
        }
    }
}

/// The ids of a message, or of those in a batch.
fn ids(line: &str) -> Vec<&str> {
    #[derive(Deserialize)]
    struct Message<'a> {
        #[serde(borrow)]
        id: Option<&'a RawValue>,
    }

    let line = line.trim_ascii().trim_start_matches('\u{feff}');
    let messages = match serde_json::from_str::<Vec<&RawValue>>(line) {
        Ok(messages) => messages,
        Err(_) => serde_json::from_str::<&RawValue>(line).into_iter().collect(),
    };
    let messages = messages
        .into_iter()
        .filter_map(|message| serde_json::from_str::<Message<'_>>(message.get()).ok());
    messages.filter_map(|message| Some(message.id?.get())).collect()
}
