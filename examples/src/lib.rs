//! Nothing but the examples beside it.
