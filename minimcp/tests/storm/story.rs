//! What can happen, in any order.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

/// One server and what happens to it.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    /// How many calls run at once.
    pub(crate) concurrency: usize,
    /// How many may wait.
    pub(crate) queue: usize,
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
}

/// One thing that happens. Numbers choose among the calls that are there, and count on from the first behind the last.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Requests, all at once.
    Ask(Vec<Ask>),
    /// A handler that waits is told what to do.
    Order(usize, Vec<Order>),
    /// A request is cancelled, running or not; by its own client or by another.
    Cancel { call: usize, by_another: bool },
    /// The client of a request goes away.
    Vanish(usize),
    /// A request with the id of one that runs.
    AskAgain(usize),
    /// What has no answer.
    Notify(u8),
    /// What is no message.
    Nonsense(u8),
    /// Nothing happens for longer than a call may be silent.
    Wait,
    /// The server is told that it is about to stop.
    Close,
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// Which of the clients.
    pub(crate) caller: u8,
    pub(crate) kind: Kind,
    /// Whether it wants to hear of progress.
    pub(crate) token: bool,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A tool that answers at once.
    Quick,
    /// One that fails with a text for the model.
    Fails,
    /// One that fails with an error of the server.
    Breaks,
    Panics,
    /// One that waits for orders.
    Waits,
    /// A tool that is not there.
    Unknown,
    Ping,
    List,
}

/// What a handler is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Report,
    Answer,
    Fail,
    Panic,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// All handlers finish.
    Finish,
    /// The clients send nothing more and hear the rest; over HTTP the server is told to stop.
    HangUp,
    /// The same, and the handlers take too long.
    CutOff,
}

pub(crate) fn stories() -> impl Strategy<Value = Story> {
    let end = prop_oneof![Just(End::Finish), Just(End::HangUp), Just(End::CutOff)];
    (1..4_usize, 0..3_usize, vec(step(), 1..24), end)
        .prop_map(|(concurrency, queue, steps, end)| Story { concurrency, queue, steps, end })
}

fn step() -> impl Strategy<Value = Step> {
    let number = || any::<u8>().prop_map(usize::from);
    prop_oneof![
        8 => ask().prop_map(|ask| Step::Ask(vec![ask])),
        4 => vec(ask(), 2..6).prop_map(Step::Ask),
        6 => (number(), vec(order(), 1..5)).prop_map(|(call, orders)| Step::Order(call, orders)),
        4 => (number(), any::<bool>()).prop_map(|(call, by_another)| Step::Cancel { call, by_another }),
        3 => number().prop_map(Step::Vanish),
        1 => number().prop_map(Step::AskAgain),
        1 => any::<u8>().prop_map(Step::Notify),
        1 => any::<u8>().prop_map(Step::Nonsense),
        2 => Just(Step::Wait),
        1 => Just(Step::Close),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    let kind = prop_oneof![
        6 => Just(Kind::Waits),
        2 => Just(Kind::Quick),
        1 => Just(Kind::Fails),
        1 => Just(Kind::Breaks),
        1 => Just(Kind::Panics),
        1 => Just(Kind::Unknown),
        1 => Just(Kind::Ping),
        1 => Just(Kind::List),
    ];
    (any::<u8>(), kind, any::<bool>()).prop_map(|(caller, kind, token)| Ask { caller, kind, token })
}

fn order() -> impl Strategy<Value = Order> {
    prop_oneof![
        4 => Just(Order::Report),
        2 => Just(Order::Answer),
        1 => Just(Order::Fail),
        1 => Just(Order::Panic),
    ]
}
