//! Random words find the same users on SQLite, on PostgreSQL and by a plain loop over the fields.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use vestibule_core::{Filter, FindConfig, Patch, fold};
use vestibule_testing::databases::{SetUp, TestDatabase};
use vestibule_user::{CreateUser, UpdateUser, User, UserField};

use crate::support::{Module, email};

/// Names in several scripts, each in more than one spelling.
const NAMES: [&str; 34] = [
    "Zoë",
    "ZOE",
    "Zoe\u{308}",
    "O’Brien",
    "o'brien",
    "OʼBRIEN",
    "Müller",
    "Mueller",
    "MULLER",
    "Straße",
    "Strasse",
    "Łukasz",
    "Søren Aabye",
    "Anne-Marie",
    "Đặng Thị",
    "İnci",
    "ıncı",
    "Ὀδυσσεύς",
    "ΟΔΥΣΣΕΥΣ",
    "Фёдор",
    "федор",
    "أحمد",
    "احمد",
    "שָׁלוֹם",
    "李明",
    "李 明",
    "がく",
    "ヤマダ",
    "ﾔﾏﾀﾞ",
    "한글",
    "कीर्ति",
    "100%",
    "a_b\\c",
    "“x” *",
];

/// What is typed beside parts of names and addresses.
const OTHERS: [&str; 20] = [
    "", " ", "%", "_", "\\", "*", "\"", "\" OR \"", "'", "a*", "^a", "NOT a", "user_", "user_0", "USER_01", "@", ".e",
    "ex", "nosuch", "\u{301}",
];

fn name() -> impl Strategy<Value = Option<String>> {
    let words = vec(select(&NAMES[..]), 0..3).prop_map(|words| words.join(" "));
    proptest::option::weighted(0.8, words)
}

/// A new user's names, what happens to the user, and another first name.
type Change = (Option<String>, Option<String>, u8, Option<String>);

/// Which user and field a part is of, where it begins and how long it is, and what is typed where there is none.
type Part = (usize, usize, usize, String);

/// Changes of a list of users: new ones with these names, and for some another first name or their deletion.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    vec((name(), name(), any::<u8>(), name()), 0..40)
}

/// A part of a name, of an address or of an id, or something else, by itself or with another.
fn search() -> impl Strategy<Value = Vec<Part>> {
    let part = (any::<prop::sample::Index>(), 0_usize..12, 1_usize..9, select(&OTHERS[..]));
    let part = part.prop_map(|(index, from, length, other)| (index.index(1_000), from, length, other.to_owned()));
    vec(part, 1..4)
}

/// The words of a search, made of what there is to be found.
fn text(search: &[Part], users: &[User]) -> String {
    let words = search.iter().map(|(index, from, length, other)| {
        let Some(user) = users.get(index % (users.len() + 2)) else { return other.clone() };
        let fields = [Some(user.email.as_str()), user.first_name.as_deref(), user.last_name.as_deref()];
        let id = user.id.to_string();
        let field = fields.get(index % 4).map_or(Some(id.as_str()), |field| *field).unwrap_or_default();
        let (from, length) = if index % 4 == 3 { (0, length + 10) } else { (*from, *length) };
        field.chars().skip(from).take(length).collect()
    });
    words.collect::<Vec<String>>().join(" ")
}

/// The documentation of [`Filter::Search`], as a plain loop.
fn is_found(user: &User, text: &str) -> bool {
    let fields = [Some(user.email.as_str()), user.first_name.as_deref(), user.last_name.as_deref()];
    let fields: Vec<String> = fields.into_iter().flatten().flat_map(words).collect();
    let id = user.id.to_string().to_lowercase();
    words(text).iter().all(|word| {
        let is_short = word.chars().count() < 3;
        let occurs =
            fields.iter().any(|field| if is_short { begins_within(field, word) } else { field.contains(word) });
        // The id, if more is given than what it is the id of.
        occurs || (id.starts_with(word.as_str()) && word.len() > "user_".len())
    })
}

fn words(text: &str) -> Vec<String> {
    fold(text).split_whitespace().map(str::to_owned).collect()
}

/// Whether a word stands at the beginning, behind a sign, or is a sign with what follows.
fn begins_within(field: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    field.match_indices(word).any(|(at, _)| {
        let (before, behind) = field.split_at(at);
        !is_letter(before.chars().next_back()) || !is_letter(behind.chars().next())
    })
}

async fn change(module: &Module, changes: &[Change], round: usize) {
    for (number, (first_name, last_name, chance, another)) in changes.iter().enumerate() {
        let address = email(&format!("p{number}.r{round}+x@Example-{}.org", number % 7));
        let user =
            CreateUser { first_name: first_name.clone(), last_name: last_name.clone(), ..CreateUser::new(address) };
        let id = module.service.create_users(user).await.unwrap().id;
        match chance % 8 {
            0 => module.service.delete_users(id).await.unwrap(),
            1 => drop(module.service.soft_delete_users(id).await.unwrap()),
            2 | 3 => {
                let first_name = another.clone().map_or(Patch::Clear, Patch::Set);
                module.service.update_users(UpdateUser { first_name, ..UpdateUser::new(id) }).await.unwrap();
            }
            _ => {}
        }
    }
}

async fn all(module: &Module) -> Vec<User> {
    module.service.list_users(&Filter::everything(), &FindConfig::default()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_words_find_the_same_users_on_sqlite_and_postgres() {
    let sqlite = Module::set_up(TestDatabase::sqlite().into()).await;
    let postgres = Module::set_up(TestDatabase::postgres().await.into()).await;
    postgres.database.build_indexes(Module::TABLES).await.unwrap();
    let modules = [sqlite, postgres];
    tokio::task::block_in_place(|| {
        // The same cases in every run: what fails, fails again.
        let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let config = Config { cases: 16, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, random);
        let round = std::cell::Cell::new(0);
        // Users stay from case to case, so that some are in SQLite's index and some are not yet.
        let result = runner.run(&(changes(), vec(search(), 30)), |(changes, searches)| {
            round.set(round.get() + 1);
            tokio::runtime::Handle::current().block_on(agree(&modules, &changes, &searches, round.get()))
        });
        if let Err(error) = result {
            panic!("{error}");
        }
    });
}

async fn agree(
    modules: &[Module; 2],
    changes: &[Change],
    searches: &[Vec<Part>],
    round: usize,
) -> Result<(), TestCaseError> {
    for module in modules {
        change(module, changes, round).await;
        let users = all(module).await;
        for search in searches {
            let text = text(search, &users);
            let filter: Filter<UserField> = Filter::Search(text.clone());
            let found = module.service.list_users(&filter, &FindConfig::default()).await;
            let found = found.map_err(|error| TestCaseError::fail(format!("{error:?} {text:?}")))?;
            let expected: Vec<&User> = users.iter().filter(|user| is_found(user, &text)).collect();
            prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{:?} {:?}", module.database.engine(), text);
            let others = module.service.list_users(&!filter, &FindConfig::default()).await.unwrap();
            prop_assert_eq!(others.len() + found.len(), users.len(), "{:?}: the others", text);
        }
    }
    Ok(())
}
