//! The server of a story: handlers that do as they are told, and a diary of what they and their clients saw.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use minimcp::{Call, Error, MiniMcp, Tool};
use serde_json::{Map, Value};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::story::Order;

/// The id of a request; no two are alike.
pub(crate) type Key = u32;

/// A way on which a client hears: a pipe, or the response to a request.
pub(crate) type Line = usize;

/// What was seen, in this order.
#[derive(Debug)]
pub(crate) enum Event {
    /// A handler began.
    Began(Key),
    /// It is gone, however it went.
    Ended(Key),
    /// A client heard a message.
    Said(Line, String),
    /// A client heard that no more will come.
    Closed(Line),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Diary(Arc<Mutex<Vec<Event>>>);

impl Diary {
    pub(crate) fn note(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }

    /// What was seen since the last time.
    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// The server, and what is needed to see it and to give orders.
#[derive(Clone)]
pub(crate) struct House {
    pub(crate) server: MiniMcp,
    pub(crate) diary: Diary,
    orders: Arc<Mutex<HashMap<Key, UnboundedSender<Order>>>>,
}

impl House {
    /// How long a call may be silent, or wait for its turn: longer than everything in a story but [`Step::Wait`].
    ///
    /// [`Step::Wait`]: crate::story::Step::Wait
    pub(crate) const PATIENCE: Duration = Duration::from_secs(10_000);
    /// How long calls may take that run when their clients hang up.
    pub(crate) const DRAIN: Duration = Duration::from_secs(100);

    pub(crate) fn new(concurrency: usize, queue: usize) -> Self {
        let server = MiniMcp::new("house")
            .concurrency(concurrency)
            .queue(queue)
            .idle_timeout(Self::PATIENCE);
        let house = Self { server, diary: Diary::default(), orders: Arc::default() };
        for name in ["quick", "fails", "breaks", "panics", "waits"] {
            let own = house.clone();
            let tool = Tool::from_fn(name, move |arguments: Map<String, Value>, call: Call| {
                let house = own.clone();
                async move { house.handle(name, &arguments, &call).await }
            });
            house.server.tools().add(tool).unwrap();
        }
        house
    }

    /// Tells a handler that has begun what to do.
    pub(crate) fn order(&self, key: Key, order: Order) {
        if let Some(orders) = self.orders.lock().unwrap().get(&key) {
            let _ = orders.send(order);
        }
    }

    async fn handle(
        &self,
        name: &str,
        arguments: &Map<String, Value>,
        call: &Call,
    ) -> Result<String, Error> {
        let key = arguments.get("key").and_then(Value::as_u64).unwrap();
        let key = u32::try_from(key).unwrap();
        let (giving, orders) = unbounded_channel();
        self.orders.lock().unwrap().insert(key, giving);
        self.diary.note(Event::Began(key));
        let _presence = Presence { diary: &self.diary, key };
        let text = format!("for {key}");
        match name {
            "quick" => Ok(text),
            "fails" => Err(Error::tool(text)),
            "breaks" => Err(Error::internal(text)),
            "panics" => panic!("on purpose"),
            _ => obey(orders, text, call).await,
        }
    }
}

async fn obey(
    mut orders: UnboundedReceiver<Order>,
    text: String,
    call: &Call,
) -> Result<String, Error> {
    let progress = call.progress();
    let mut reported = 0;
    loop {
        match orders.recv().await.unwrap() {
            Order::Report => {
                reported += 1;
                progress.report(f64::from(reported)).await;
            }
            Order::Answer => return Ok(text),
            Order::Fail => return Err(Error::tool(text)),
            Order::Panic => panic!("on purpose"),
        }
    }
}

/// A handler that is there.
struct Presence<'d> {
    diary: &'d Diary,
    key: Key,
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        self.diary.note(Event::Ended(self.key));
    }
}
