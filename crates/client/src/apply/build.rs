//! What `apply!` expands to: assignments to a default object, each noted down.

use std::borrow::Cow;

use skeg_meta::{ByteString, IntOrString, MicroTime, Object, Quantity, Time};
use skeg_schema::Value;

use super::config::Apply;
use super::said::Said;

/// A value does not fit the field that it was given to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SetError(pub String);

/// A field that [`apply!`](crate::apply!) can give a value of type `V`: its own
/// type, the type within an `Option`, text for whatever is written as text.
pub trait Set<V> {
    /// Gives it the value.
    ///
    /// # Errors
    /// The value does not fit (a quantity that is none).
    fn set(&mut self, value: V) -> Result<(), SetError>;
}

impl<T> Set<T> for T {
    fn set(&mut self, value: T) -> Result<(), SetError> {
        *self = value;
        Ok(())
    }
}

impl<T> Set<T> for Option<T> {
    fn set(&mut self, value: T) -> Result<(), SetError> {
        *self = Some(value);
        Ok(())
    }
}

macro_rules! set_from {
    ($($ty:ty: $from:ty, $value:ident => $make:expr;)*) => {
        $(
            impl Set<$from> for $ty {
                fn set(&mut self, $value: $from) -> Result<(), SetError> {
                    *self = $make;
                    Ok(())
                }
            }
            impl Set<$from> for Option<$ty> {
                fn set(&mut self, $value: $from) -> Result<(), SetError> {
                    *self = Some($make);
                    Ok(())
                }
            }
        )*
    };
}

fn quantity(text: &str) -> Result<Quantity, SetError> {
    text.parse()
        .map_err(|error| SetError(format!("{text:?} is no quantity: {error}")))
}

fn time<T: std::str::FromStr<Err = String>>(text: &str) -> Result<T, SetError> {
    text.parse()
        .map_err(|error| SetError(format!("{text:?} is no time: {error}")))
}

set_from! {
    String: &str, value => value.to_owned();
    String: &String, value => value.clone();
    Cow<'static, str>: &'static str, value => Cow::Borrowed(value);
    Cow<'static, str>: String, value => Cow::Owned(value);
    IntOrString: i32, value => value.into();
    IntOrString: &str, value => value.into();
    IntOrString: String, value => value.into();
    ByteString: &str, value => value.into();
    ByteString: Vec<u8>, value => value.into();
    Quantity: &str, value => quantity(value)?;
    Quantity: String, value => quantity(&value)?;
    Quantity: i64, value => Quantity::new(value, skeg_meta::Format::DecimalSi);
    Time: &str, value => time(value)?;
    MicroTime: &str, value => time(value)?;
    Value: &str, value => value.into();
    Value: i64, value => value.into();
    Value: bool, value => value.into();
}

/// The object of an `apply!` while it is written.
#[doc(hidden)]
pub struct Builder<K> {
    pub object: K,
    pub said: Said,
}

impl<K: Object + Default> Builder<K> {
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only apply! makes one")]
    pub fn new() -> Self {
        Self {
            object: K::default(),
            said: Said::default(),
        }
    }

    pub fn finish(self, name: impl Into<String>) -> Apply<K> {
        Apply::from_said(&self.object, self.said, name.into())
    }
}

/// Where the fields of a field are: within it.
#[doc(hidden)]
pub trait PlaceAny<T> {
    fn skeg_place(&mut self) -> &mut T;
}

impl<T> PlaceAny<T> for &mut T {
    fn skeg_place(&mut self) -> &mut T {
        self
    }
}

/// Where the fields of an optional field are: within what it holds from now on.
/// Method resolution finds this one first.
#[doc(hidden)]
pub trait PlaceOption<'a, T> {
    fn skeg_place(self) -> &'a mut T;
}

impl<'a, T: Default> PlaceOption<'a, T> for &'a mut Option<T> {
    fn skeg_place(self) -> &'a mut T {
        self.get_or_insert_default()
    }
}

/// An [`Apply`](crate::apply::Apply) configuration, written as the object would be in
/// YAML, checked by the compiler: the kind, the object's name, and what its
/// manager wants to own.
///
/// Fields have the names of the struct (`match_labels`), keys of maps are quoted.
/// `field: { … }` goes into the field, `field: [{ … }, …]` makes a list of what
/// is in it, `field: EXPRESSION` sets it: to a value of its type or, through
/// [`Set`](crate::apply::Set), to a text or number that stands for one. What is not
/// mentioned is not owned; what is mentioned is, be it zero or empty.
///
/// ```
/// use skeg_api::core::v1::Service;
///
/// let config = skeg_client::apply!(Service, "web", {
///     spec: { ports: [{ name: "http", port: 80, target_port: "http" }] },
/// });
/// assert_eq!(config.into_tree()?.to_string(), concat!(
///     r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"#,
///     r#""spec":{"ports":[{"name":"http","port":80,"targetPort":"http"}]}}"#
/// ));
/// # Ok::<(), skeg_client::apply::ApplyError>(())
/// ```
///
/// A field that does not exist, or a value of another type, does not compile:
///
/// ```compile_fail
/// # use skeg_api::core::v1::Service;
/// skeg_client::apply!(Service, "web", { spec: { prots: [] } });
/// ```
///
/// ```compile_fail
/// # use skeg_api::core::v1::Service;
/// skeg_client::apply!(Service, "web", { spec: { ports: [{ port: "http" }] } });
/// ```
#[macro_export]
macro_rules! apply {
    (@members $object:ident $said:ident) => {};
    (@members $object:ident $said:ident , $($rest:tt)*) => {
        $crate::apply!(@members $object $said $($rest)*);
    };
    (@members $object:ident $said:ident $field:ident : {} $($rest:tt)*) => {
        $said.enter(::std::stringify!($field));
        match &mut $object.$field {
            #[allow(unused_mut)]
            mut slot => {
                slot.skeg_place();
            }
        }
        $said.say();
        $crate::apply!(@members $object $said $($rest)*);
    };
    (@members $object:ident $said:ident $field:ident : { $($inner:tt)+ } $($rest:tt)*) => {
        $said.enter(::std::stringify!($field));
        match &mut $object.$field {
            #[allow(unused_mut)]
            mut slot => {
                let inner = slot.skeg_place();
                $crate::apply!(@members inner $said $($inner)+);
            }
        }
        $said.leave();
        $crate::apply!(@members $object $said $($rest)*);
    };
    (@members $object:ident $said:ident $field:ident : [] $($rest:tt)*) => {
        $said.enter(::std::stringify!($field));
        $object.$field.clear();
        $said.say();
        $crate::apply!(@members $object $said $($rest)*);
    };
    (@members $object:ident $said:ident $field:ident : [ $($items:tt)+ ] $($rest:tt)*) => {
        $said.enter(::std::stringify!($field));
        {
            let list = &mut $object.$field;
            $crate::apply!(@items list $said $($items)+);
        }
        $said.leave();
        $crate::apply!(@members $object $said $($rest)*);
    };
    (@members $object:ident $said:ident $field:ident : $value:expr $(, $($rest:tt)*)?) => {
        $said.enter(::std::stringify!($field));
        $said.check($crate::apply::Set::set(&mut $object.$field, $value));
        $said.say();
        $($crate::apply!(@members $object $said $($rest)*);)?
    };
    (@members $object:ident $said:ident $key:literal : { $($inner:tt)* } $($rest:tt)*) => {
        $said.key($key);
        {
            #[allow(unused_variables)]
            let inner = $object.entry(::std::string::String::from($key)).or_default();
            $crate::apply!(@members inner $said $($inner)*);
        }
        $said.leave();
        $crate::apply!(@members $object $said $($rest)*);
    };
    (@members $object:ident $said:ident $key:literal : $value:expr $(, $($rest:tt)*)?) => {
        $said.key($key);
        $said.check($crate::apply::Set::set(
            $object.entry(::std::string::String::from($key)).or_default(),
            $value,
        ));
        $said.say();
        $($crate::apply!(@members $object $said $($rest)*);)?
    };

    (@items $list:ident $said:ident) => {};
    (@items $list:ident $said:ident , $($rest:tt)*) => {
        $crate::apply!(@items $list $said $($rest)*);
    };
    (@items $list:ident $said:ident { $($inner:tt)* } $($rest:tt)*) => {
        {
            let at = $list.len();
            $list.push(::std::default::Default::default());
            $said.item(at);
            #[allow(unused_variables)]
            let inner = &mut $list[at];
            $crate::apply!(@members inner $said $($inner)*);
            $said.leave();
        }
        $crate::apply!(@items $list $said $($rest)*);
    };
    (@items $list:ident $said:ident $value:expr $(, $($rest:tt)*)?) => {
        {
            let at = $list.len();
            $list.push(::std::default::Default::default());
            $said.item(at);
            $said.check($crate::apply::Set::set(&mut $list[at], $value));
            $said.say();
        }
        $($crate::apply!(@items $list $said $($rest)*);)?
    };

    ($kind:ty, $name:expr, { $($body:tt)* }) => {{
        #[allow(unused_imports)]
        use $crate::apply::private::{PlaceAny as _, PlaceOption as _};
        let mut builder = $crate::apply::private::Builder::<$kind>::new();
        {
            #[allow(unused_variables)]
            let object = &mut builder.object;
            #[allow(unused_variables)]
            let said = &mut builder.said;
            $crate::apply!(@members object said $($body)*);
        }
        builder.finish($name)
    }};
}
