//! Why a password is too weak to be set.

use zxcvbn::Entropy;
use zxcvbn::feedback::{Feedback, Suggestion, Warning};

/// Why a password is too weak, with advice. Its text is English, for the API and the command line; a page matches on it and has
/// its own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short.
    #[error("The password is too short: {least} characters at least")]
    TooShort {
        /// The required length, in characters.
        least: usize,
    },
    /// It is the owner's address or name, or little more.
    #[error(
        "The password is little more than your name or e-mail address. Use a few words that have nothing to do with you."
    )]
    Oneself,
    /// An attacker who tries common passwords finds it.
    #[error("The password is too easy to guess.{}{}", in_sentences(.warning.as_slice()), in_sentences(.advice))]
    Guessable {
        /// The weakness, if it has a name.
        warning: Option<PasswordWarning>,
        /// What would help, at least one.
        advice: Vec<PasswordAdvice>,
    },
}

macro_rules! from_zxcvbn {
    ($(#[$meta:meta])* $Type:ident from $Theirs:ident { $($(#[doc = $doc:literal])+ $name:ident = $theirs:ident: $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        pub enum $Type {
            $($(#[doc = $doc])+ #[error($text)] $name,)+
        }

        impl $Type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];
        }

        impl From<$Theirs> for $Type {
            fn from(theirs: $Theirs) -> Self {
                match theirs { $($Theirs::$theirs => Self::$name),+ }
            }
        }
    };
}

from_zxcvbn! {
    /// What makes a password easy to guess.
    PasswordWarning from Warning {
        /// A row of keys, such as `qwertz`.
        KeyRow = StraightRowsOfKeysAreEasyToGuess: "Straight rows of keys are easy to guess.",
        /// A short pattern on the keyboard.
        KeyPattern = ShortKeyboardPatternsAreEasyToGuess: "Short keyboard patterns are easy to guess.",
        /// One character, many times.
        RepeatedCharacter = RepeatsLikeAaaAreEasyToGuess: "Repeats like \"aaa\" are easy to guess.",
        /// A part, several times.
        RepeatedPart = RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess:
            "Repeats like \"abcabcabc\" are only slightly harder to guess than \"abc\".",
        /// One of the ten most common passwords.
        TopTen = ThisIsATop10Password: "This is a top-10 common password.",
        /// One of the hundred most common passwords.
        TopHundred = ThisIsATop100Password: "This is a top-100 common password.",
        /// A common password.
        Common = ThisIsACommonPassword: "This is a very common password.",
        /// Much like a common password.
        SimilarToCommon = ThisIsSimilarToACommonlyUsedPassword: "This is similar to a commonly used password.",
        /// Letters or digits in their order.
        Sequence = SequencesLikeAbcAreEasyToGuess: "Sequences like abc or 6543 are easy to guess.",
        /// A year of the last decades.
        RecentYear = RecentYearsAreEasyToGuess: "Recent years are easy to guess.",
        /// One word.
        SingleWord = AWordByItselfIsEasyToGuess: "A word by itself is easy to guess.",
        /// A date.
        Date = DatesAreOftenEasyToGuess: "Dates are often easy to guess.",
        /// A name and nothing else.
        NameAlone = NamesAndSurnamesByThemselvesAreEasyToGuess: "Names and surnames by themselves are easy to guess.",
        /// A common name.
        CommonName = CommonNamesAndSurnamesAreEasyToGuess: "Common names and surnames are easy to guess.",
    }
}

from_zxcvbn! {
    /// What makes a password harder to guess.
    PasswordAdvice from Suggestion {
        /// A few words.
        FewWords = UseAFewWordsAvoidCommonPhrases: "Use a few words, avoid common phrases.",
        /// Signs and digits are not needed.
        NoSymbolsNeeded = NoNeedForSymbolsDigitsOrUppercaseLetters: "No need for symbols, digits, or uppercase letters.",
        /// More words.
        AnotherWord = AddAnotherWordOrTwo: "Add another word or two. Uncommon words are better.",
        /// A capital letter at the beginning changes little.
        Capitals = CapitalizationDoesntHelpVeryMuch: "Capitalization doesn't help very much.",
        /// Capital letters alone change little.
        AllCapitals = AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase:
            "All-uppercase is almost as easy to guess as all-lowercase.",
        /// A reversed word changes little.
        Reversed = ReversedWordsArentMuchHarderToGuess: "Reversed words aren't much harder to guess.",
        /// Signs in place of letters change little.
        Substitutions = PredictableSubstitutionsDontHelpVeryMuch:
            "Predictable substitutions like '@' instead of 'a' don't help very much.",
        /// A longer pattern of keys.
        LongerPattern = UseALongerKeyboardPatternWithMoreTurns: "Use a longer keyboard pattern with more turns.",
        /// Nothing twice.
        NoRepetition = AvoidRepeatedWordsAndCharacters: "Avoid repeated words and characters.",
        /// No letters or digits in their order.
        NoSequence = AvoidSequences: "Avoid sequences.",
        /// No year of the last decades.
        NoRecentYear = AvoidRecentYears: "Avoid recent years.",
        /// No year of one's own.
        NoOwnYear = AvoidYearsThatAreAssociatedWithYou: "Avoid years that are associated with you.",
        /// No date of one's own.
        NoOwnDate = AvoidDatesAndYearsThatAreAssociatedWithYou: "Avoid dates and years that are associated with you.",
    }
}

impl WeakPassword {
    /// What zxcvbn advises.
    pub(super) fn guessable(estimated: &Entropy) -> Self {
        let feedback = estimated.feedback();
        let mut advice: Vec<PasswordAdvice> =
            feedback.map(Feedback::suggestions).unwrap_or_default().iter().map(|theirs| (*theirs).into()).collect();
        if advice.is_empty() {
            advice.push(PasswordAdvice::AnotherWord);
        }
        Self::Guessable { warning: feedback.and_then(Feedback::warning).map(Into::into), advice }
    }
}

fn in_sentences(sentences: &[impl std::fmt::Display]) -> String {
    sentences.iter().map(|sentence| format!(" {sentence}")).collect()
}
