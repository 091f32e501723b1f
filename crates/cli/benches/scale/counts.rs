//! Counts: of everything, by state, by role, of what a search finds; exact, up to a limit, and not at all.

use crate::figures::Figures;
use crate::lists::with_role;
use crate::place::Place;

const COUNTS: [(&str, &str); 18] = [
    ("users", "/admin/users?limit=1"),
    ("users, `count=estimated`", "/admin/users?limit=1&count=estimated"),
    ("users, `count=none`", "/admin/users?limit=1&count=none"),
    ("users with deleted ones", "/admin/users?limit=1&with_deleted=true"),
    ("locked users", "/admin/users?limit=1&locked_at[$ne]=null"),
    ("users who are not locked", "/admin/users?limit=1&locked_at=null"),
    ("users who were created in 2025 and later", "/admin/users?limit=1&created_at[$gte]=2025-01-01T00:00:00Z"),
    ("the same, `count=estimated`", "/admin/users?limit=1&created_at[$gte]=2025-01-01T00:00:00Z&count=estimated"),
    ("pending and expired invites", "/admin/invites?limit=1"),
    ("pending invites", "/admin/invites?limit=1&state=pending"),
    ("expired invites", "/admin/invites?limit=1&state=expired"),
    ("accepted invites", "/admin/invites?limit=1&state=accepted"),
    ("invites in all states", "/admin/invites?limit=1&state=all"),
    ("holders of a role that everyone has", "/admin/rbac/roles/ROLE/users?limit=1"),
    ("the same, `count=estimated`", "/admin/rbac/roles/ROLE/users?limit=1&count=estimated"),
    ("entries of the audit log", "/admin/audit?limit=1"),
    ("deliveries", "/admin/deliveries?limit=1"),
    ("deliveries, `count=estimated`", "/admin/deliveries?limit=1&count=estimated"),
];

pub(crate) fn run(figures: &mut Figures, places: &mut [Place]) {
    for (name, path) in COUNTS {
        figures.measure(places, &format!("count of {name}"), |place| place.reads(&with_role(place, path)));
    }
}
