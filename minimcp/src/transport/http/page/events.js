// Streams of events (HTML, Server-sent events), read from a response so that headers can be sent and seen.

/** The events of a response as they come: `{ data, id, retry }`. */
async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let event = { data: [] };
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) {
        if (line === "") {
          const { data, ...others } = event;
          if (data.length || others.id !== undefined) yield { ...others, data: data.join("\n") };
          event = { data: [] };
        } else {
          readLine(event, line);
        }
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function readLine(event, line) {
  const [, name, value] = /^([^:]*):? ?([^]*)$/.exec(line);
  if (name === "data") event.data.push(value);
  else if (name === "id") event.id = value;
  else if (name === "retry" && /^\d+$/.test(value)) event.retry = Number(value);
}
