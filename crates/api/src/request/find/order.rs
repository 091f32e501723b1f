//! `order`: `email`, `-created_at`, or several separated by commas (the reference accepts one).

use vestibule_core::{Direction, Field};

use crate::request::Report;
use crate::request::report::shortened;

/// Reads the order; reports names that cannot be sorted by, and fields named twice.
pub(super) fn read<F: Field>(text: &str, report: &mut Report) -> Vec<(F, Direction)> {
    let mut order: Vec<(F, Direction)> = Vec::new();
    for part in text.split(',').map(str::trim) {
        let (name, direction) = match part.strip_prefix('-') {
            Some(name) => (name, Direction::Descending),
            None => (part, Direction::Ascending),
        };
        let Some(field) = F::find(name).filter(|field| field.is_comparable()) else {
            let part = shortened(part, 100);
            report.invalid("order", format_args!("'{part}' is no field that can be sorted by"));
            return Vec::new();
        };
        if order.iter().any(|(other, _)| *other == field) {
            report.invalid("order", format_args!("'{name}' is there twice"));
            return Vec::new();
        }
        order.push((field, direction));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::super::tests::find;

    #[test]
    fn one_field_or_several() {
        let order = |raw: &str| format!("{:?}", find(raw).unwrap().find.order);
        assert_eq!(order("order=email"), "[(Email, Ascending)]");
        assert_eq!(order("order=first_name,%20-created_at"), "[(FirstName, Ascending), (CreatedAt, Descending)]");
    }

    /// notes A3: the reference fails on all of these
    #[test]
    fn fields_that_cannot_be_sorted_by_are_refused() {
        for name in
            ["nosuch", "-nosuch", "--email", "--", "-", "", "EMAIL", "email:desc", "metadata", "-token", "email."]
        {
            let message = format!("Invalid value for field 'order': '{name}' is no field that can be sorted by");
            assert_eq!(find(&format!("order={name}")).unwrap_err(), message);
        }
        let message = "Invalid value for field 'order': '' is no field that can be sorted by";
        assert_eq!(find("order=email,").unwrap_err(), message);
        let message = "Invalid value for field 'order': 'email' is there twice";
        assert_eq!(find("order=email,-email").unwrap_err(), message);
    }
}
