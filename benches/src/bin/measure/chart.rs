//! The ratios as a picture: a group of bars for each workload, on a logarithmic scale.

use std::fmt::Write as _;

use crate::contest::WORKLOADS;
use crate::results::{Results, shown};

/// The servers that are shown, over HTTP and over stdio, and their colours.
const SERIES: [(&str, &str, &str, &str); 4] = [
    ("minimcp", "minimcp in axum", "minimcp stdio", "#0b7a75"),
    ("minimcp, its own server", "minimcp http::serve", "", "#7bc8c4"),
    ("rmcp, fastest settings", "rmcp fastest", "rmcp fastest stdio", "#e09f3e"),
    ("rmcp, default settings", "rmcp default", "rmcp default stdio", "#9e2a2b"),
];
const REVISION: &str = "2025-11-25";
const LEFT: f64 = 150.0;
const RIGHT: f64 = 60.0;
const WIDTH: f64 = 860.0;
const BAR: f64 = 9.0;

/// The chart.
#[allow(clippy::cast_precision_loss, reason = "a few bars")]
pub(crate) fn chart(results: &Results) -> String {
    let group = BAR * SERIES.len() as f64 + 10.0;
    let height = 90.0 + group * WORKLOADS.len() as f64;
    let scale = |ratio: f64| {
        let (least, most) = (0.25_f64.ln(), 128_f64.ln());
        let part = (ratio.max(0.25).ln() - least) / (most - least);
        LEFT + part.min(1.0) * (WIDTH - LEFT - RIGHT)
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <title>CPU of a request, as a ratio to a server without a framework</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"10\" y=\"20\" font-size=\"14\">CPU of a request; 1 = a server without a framework; shorter is better</text>\n"
    );
    for (index, (name, _, _, colour)) in SERIES.iter().enumerate() {
        let x = 10.0 + 200.0 * index as f64;
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"32\" width=\"10\" height=\"10\" fill=\"{colour}\"/><text x=\"{}\" y=\"41\">{name}</text>",
            x + 15.0
        );
    }
    for line in [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0] {
        let (x, colour) = (scale(line), if line == 1.0 { "#000" } else { "#ddd" });
        let _ = writeln!(
            out,
            "<line x1=\"{x:.1}\" y1=\"66\" x2=\"{x:.1}\" y2=\"{}\" stroke=\"{colour}\"/><text x=\"{x:.1}\" y=\"62\" text-anchor=\"middle\" fill=\"#555\">{line}×</text>",
            height - 15.0
        );
    }
    for (index, workload) in WORKLOADS.iter().enumerate() {
        let top = 72.0 + group * index as f64;
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 8.0,
            top + group / 2.0,
            workload.name
        );
        for (row, (_, http, stdio, colour)) in SERIES.iter().enumerate() {
            let server = if workload.name.starts_with("stdio") { stdio } else { http };
            let Some(ratio) = results.ratio(server, workload.name, REVISION) else { continue };
            let (y, end) = (top + BAR * row as f64, scale(ratio.median));
            let _ = writeln!(
                out,
                "<rect x=\"{LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{}\" fill=\"{colour}\"/><text x=\"{:.1}\" y=\"{:.1}\" font-size=\"9\">{}</text>",
                end - LEFT,
                BAR - 1.0,
                end + 4.0,
                y + BAR - 1.5,
                shown(ratio.median)
            );
        }
    }
    out.push_str("</svg>\n");
    out
}
