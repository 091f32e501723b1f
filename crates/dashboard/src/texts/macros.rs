//! The macros that define texts, one list per language.
//!
//! ```text
//! name: "a text",
//! name(address): "a text with {address} put in",
//! name(count): { One => "{count} text", _ => "{count} texts" },
//! name(count, all): { One => "{count} text of {all}", _ => "{count} texts of {all}" },
//! ```
//!
//! The plural form is that of the first argument. The English list defines the texts and the types of their arguments. A
//! language that lacks a text, has one too many, or uses an unknown argument does not compile.

/// The texts of a language other than English.
macro_rules! texts {
    ($Texts:ident, $language:ident; $($name:ident $(($($argument:ident),+))?: $text:tt,)+) => {
        pub(in crate::texts) static TEXTS: crate::texts::$Texts = crate::texts::$Texts {
            $($name: text!($language, ($($($argument),+)?) $text),)+
        };
    };
}

/// The texts in English, and the type for those of any language. `by name` adds a function that finds a text by its name.
macro_rules! define_texts {
    ($Texts:ident by name, $language:ident; $($name:ident: $text:tt,)+) => {
        define_texts! { $Texts, $language; $($name: $text,)+ }

        impl $Texts {
            #[cfg(test)]
            pub(crate) const NAMES: &[&str] = &[$(stringify!($name)),+];

            /// Returns the text of this name.
            pub(crate) fn find(&self, name: &str) -> Option<&'static str> {
                $(if name == stringify!($name) {
                    return Some(self.$name);
                })+
                None
            }
        }
    };
    ($Texts:ident, $language:ident; $($name:ident $(($($argument:ident: $type:ty),+))?: $text:tt,)+) => {
        #[derive(Debug)]
        pub(crate) struct $Texts {
            $(pub(crate) $name: text_type!($($($type),+)?),)+
        }

        impl $Texts {
            $($(pub(crate) fn $name(&self, $($argument: $type),+) -> String {
                (self.$name)($($argument),+)
            })?)+
        }

        texts! { $Texts, $language; $($name $(($($argument),+))?: $text,)+ }
    };
}

macro_rules! text_type {
    () => { &'static str };
    ($($type:ty),+) => { fn($($type),+) -> String };
}

macro_rules! text {
    ($language:ident, () $text:literal) => { $text };
    ($language:ident, ($argument:ident $(, $more:ident)*) { $($category:pat => $text:literal),+ $(,)? }) => {
        |$argument $(, $more)*| {
            use vestibule_language::PluralCategory::*;
            match vestibule_language::Language::$language.plural($argument) { $($category => format!($text)),+ }
        }
    };
    ($language:ident, ($($argument:ident),+) $text:literal) => { |$($argument),+| format!($text) };
}
