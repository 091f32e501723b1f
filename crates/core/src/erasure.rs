//! Who is to be erased, and how what is kept loses what names them.

use serde_json::Value as Json;

use crate::EmailAddress;

/// A person whose data is erased: each module takes from its tables what is about them.
///
/// ```
/// use serde_json::json;
/// use vestibule_core::Erasure;
///
/// let mut erasure = Erasure::new("user_01JDMX5R4Z9WQ0H3T2B7K8N6VC");
/// erasure.add_address("Ada@Example.com".parse()?);
///
/// let mut data = json!({ "id": "user_01JDMX5R4Z9WQ0H3T2B7K8N6VC", "email": "ada@example.com", "phone": "+44 20 7946 0000" });
/// erasure.erase(&mut data, Some(&["id", "email"]));
/// assert_eq!(data, json!({ "id": "user_01JDMX5R4Z9WQ0H3T2B7K8N6VC", "email": "user_01JDMX5R4Z9WQ0H3T2B7K8N6VC" }));
/// # Ok::<(), vestibule_core::InvalidEmail>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// What stands for the person from now on: the id of a user who is gone says nothing about them.
    pub pseudonym: String,
    /// The ids of rows that are about the person alone: the user, their identities and invites.
    pub ids: Vec<String>,
    /// Each address that they had, and that no other user has now.
    pub addresses: Vec<EmailAddress>,
}

impl Erasure {
    /// Erases the user with this id.
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        Self { pseudonym: id.clone(), ids: vec![id], addresses: Vec::new() }
    }

    /// Adds the id of a row that is about the person alone.
    pub fn add_id(&mut self, id: impl Into<String>) {
        let id = id.into();
        if !self.ids.contains(&id) {
            self.ids.push(id);
        }
    }

    /// Adds an address of the person.
    pub fn add_address(&mut self, address: EmailAddress) {
        if !self.addresses.contains(&address) {
            self.addresses.push(address);
        }
    }

    /// Whether a row with this id is about the person.
    pub fn is_about(&self, id: &str) -> bool {
        self.ids.iter().any(|own| own == id)
    }

    /// Puts the pseudonym in the place of each address of the person. With a list of fields, which is for values that are
    /// about the person alone, every other field goes.
    pub fn erase(&self, value: &mut Json, kept: Option<&[&str]>) {
        match value {
            Json::String(text) if EmailAddress::parse(text).is_ok_and(|address| self.addresses.contains(&address)) => {
                text.clone_from(&self.pseudonym);
            }
            Json::Array(values) => values.iter_mut().for_each(|value| self.erase(value, kept)),
            Json::Object(fields) => {
                if let Some(kept) = kept {
                    fields.retain(|name, _| kept.contains(&name.as_str()));
                }
                fields.values_mut().for_each(|value| self.erase(value, kept));
            }
            _ => {}
        }
    }

    /// What is found as text in rows that name the person: patterns for `LIKE … ESCAPE '\'` on JSON in lower case.
    pub fn patterns(&self) -> Vec<String> {
        self.ids.iter().map(|id| pattern(id)).chain(self.address_patterns()).collect()
    }

    /// The same of rows with an address of the person.
    pub fn address_patterns(&self) -> Vec<String> {
        let addresses = self.addresses.iter().flat_map(|address| [address.as_str(), address.canonical()]);
        let mut texts: Vec<String> = addresses.map(pattern).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }
}

fn pattern(text: &str) -> String {
    let json = Json::from(text.to_lowercase()).to_string();
    let escaped = json.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn erasure() -> Erasure {
        let mut erasure = Erasure::new("user_1");
        erasure.add_address("ada@example.com".parse().unwrap());
        erasure.add_address("ADA@example.com".parse().unwrap());
        erasure
    }

    #[test]
    fn addresses_are_replaced_at_any_depth_in_any_spelling() {
        let mut value = json!({ "a": [{ "b": "Ada@EXAMPLE.com" }, "grace@example.com"], "c": "to ada@example.com" });
        erasure().erase(&mut value, None);
        assert_eq!(value, json!({ "a": [{ "b": "user_1" }, "grace@example.com"], "c": "to ada@example.com" }));
    }

    #[test]
    fn of_values_about_the_person_only_the_named_fields_are_kept() {
        let mut value = json!({ "roles": ["r"], "phone": "1", "factors": [{ "mfa_id": "m", "name": "Ada's phone" }] });
        erasure().erase(&mut value, Some(&["roles", "factors", "mfa_id"]));
        assert_eq!(value, json!({ "roles": ["r"], "factors": [{ "mfa_id": "m" }] }));
    }

    #[test]
    fn patterns_match_whole_json_strings_literally() {
        assert_eq!(erasure().addresses.len(), 1);
        let mut odd = Erasure::new("user_1");
        odd.add_address("a_%b@example.com".parse().unwrap());
        assert_eq!(odd.patterns(), [r#"%"user\_1"%"#, r#"%"a\_\%b@example.com"%"#]);
        assert_eq!(odd.address_patterns(), odd.patterns()[1..]);
    }
}
