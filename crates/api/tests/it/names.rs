//! What kinds are called in paths.

use skeg_api::scheduling::{v1, v1beta1};
use skeg_meta::Object;

fn called<K: Object>() -> (&'static str, bool) {
    (K::PLURAL, K::NAMESPACED)
}

#[test]
fn a_version_that_is_served_no_more_is_called_like_the_others() {
    assert_eq!(called::<v1::PriorityClass>(), ("priorityclasses", false));
    assert_eq!(
        called::<v1beta1::PriorityClass>(),
        called::<v1::PriorityClass>()
    );
}
