//! The small programs of the toolbox image.
