//! Code outside this crate asks the provider, or uses `EMAILPASS`.

#[test]
fn no_other_crate_spells_a_providers_name() {
    let mut found = Vec::new();
    for (path, code) in vestibule_testing::sources().into_iter().filter(|(path, _)| !path.starts_with("auth/")) {
        for line in code.lines().filter(|line| line.contains(vestibule_auth::EMAILPASS)) {
            // Examples of the API's description are literals.
            if !line.trim_start().starts_with("#[schema(example = ") {
                found.push(format!("{path}: {}", line.trim()));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
