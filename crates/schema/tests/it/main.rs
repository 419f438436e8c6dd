//! The codec against what upstream's serializers wrote, and against itself.

mod golden;
