//! Names and addresses as different as those of a large organisation's people: common names more often than rare ones.

use super::dice::Dice;

const FIRST: [&str; 96] = [
    "Anna",
    "Thomas",
    "María",
    "Michael",
    "Sarah",
    "Andreas",
    "Julia",
    "Peter",
    "Laura",
    "Stefan",
    "Sophie",
    "Daniel",
    "Lena",
    "Martin",
    "Katharina",
    "David",
    "Emma",
    "Alexander",
    "Lisa",
    "Christian",
    "Marie",
    "Jan",
    "Nina",
    "Paul",
    "Zoë",
    "José",
    "Chloé",
    "Jürgen",
    "Małgorzata",
    "Søren",
    "Ingrid",
    "Olga",
    "Dmitri",
    "Fatima",
    "Mohammed",
    "Yusuf",
    "Aisha",
    "Wei",
    "Mei",
    "Hiroshi",
    "Yuki",
    "Priya",
    "Arjun",
    "Ananya",
    "Rahul",
    "Nguyễn",
    "Linh",
    "Kwame",
    "Amara",
    "Chinedu",
    "Ngozi",
    "Carlos",
    "Lucía",
    "Mateo",
    "Valentina",
    "Diego",
    "Camila",
    "João",
    "Beatriz",
    "Inês",
    "Luca",
    "Giulia",
    "Francesca",
    "Marco",
    "Élodie",
    "Théo",
    "Camille",
    "Antoine",
    "Björn",
    "Åsa",
    "Łukasz",
    "Agnieszka",
    "Ondřej",
    "Zdeňka",
    "István",
    "Ágnes",
    "Ioana",
    "Andrei",
    "Eleni",
    "Giorgos",
    "Siobhán",
    "Niamh",
    "Callum",
    "Fiona",
    "Oliver",
    "Amelia",
    "Harper",
    "Mason",
    "Evelyn",
    "Jackson",
    "Penelope",
    "Sebastian",
    "Aurora",
    "Ezra",
    "Juniper",
    "Thaddäus",
];

/// The beginnings and ends of family names: 48 times 40, and as many again with a second one.
const BEGINNINGS: [&str; 48] = [
    "Schmidt", "Müller", "Lind", "Berg", "Stein", "Wald", "Rosen", "Gold", "Silber", "Eisen", "Kirch", "Feld", "Bach",
    "Brunn", "Hof", "Neu", "Alt", "Schön", "Groß", "Klein", "Ander", "Johan", "Peter", "Niel", "Soren", "Hende",
    "Robert", "William", "Thomp", "Harring", "Wal", "Middle", "Black", "White", "Green", "North", "South", "West",
    "East", "Kowal", "Nowa", "Petro", "Ivano", "Mazu", "Garci", "Lopen", "Rami", "Ferna",
];

const ENDS: [&str; 40] = [
    "son", "mann", "er", "berg", "feld", "stein", "bach", "ton", "ford", "wood", "ley", "sen", "ström", "qvist", "ski",
    "czyk", "ov", "enko", "dez", "rez", "ano", "elli", "oni", "eau", "ard", "in", "ell", "worth", "field", "ham", "by",
    "thorpe", "dahl", "lund", "gren", "meier", "hofer", "huber", "bauer", "wirth",
];

const DOMAINS: [&str; 24] = [
    "mail.example",
    "post.example",
    "nordwind.example",
    "hafenwerk.example",
    "lumen.example",
    "quarry.example",
    "orchard.example",
    "tidewater.example",
    "kestrel.example",
    "alpenblick.example",
    "meridian.example",
    "foundry.example",
    "saltmarsh.example",
    "copperleaf.example",
    "bluebell.example",
    "harbour.example",
    "granite.example",
    "willow.example",
    "ember.example",
    "juniper.example",
    "cobalt.example",
    "sparrow.example",
    "lantern.example",
    "thistle.example",
];

/// A name.
pub(crate) struct Name {
    pub(crate) first: &'static str,
    pub(crate) last: String,
}

impl Name {
    pub(crate) fn random(dice: &mut Dice) -> Self {
        let first = dice.pick(&FIRST);
        let mut last = format!("{}{}", dice.pick(&BEGINNINGS), dice.pick(&ENDS));
        if dice.hits(0.08) {
            last.push('-');
            last.push_str(dice.pick(&BEGINNINGS));
        }
        Self { first, last }
    }

    /// An address that no other number has.
    pub(crate) fn address(&self, number: u64, dice: &mut Dice) -> String {
        let part = |text: &str| vestibule::core::fold(text).chars().filter(char::is_ascii).collect::<String>();
        format!("{}.{}{number}@{}", part(self.first), part(&self.last), dice.pick(&DOMAINS))
    }
}
