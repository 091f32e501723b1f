//! Relative times in French.

texts! { Times, French;
    just_now: "à l’instant",
    seconds_ago(count): { One => "il y a {count} seconde", _ => "il y a {count} secondes" },
    minutes_ago(count): { One => "il y a {count} minute", _ => "il y a {count} minutes" },
    hours_ago(count): { One => "il y a {count} heure", _ => "il y a {count} heures" },
    days_ago(count): { One => "il y a {count} jour", _ => "il y a {count} jours" },
    months_ago(count): "il y a {count} mois",
    years_ago(count): { One => "il y a {count} an", _ => "il y a {count} ans" },
    in_a_moment: "dans un instant",
    seconds_ahead(count): { One => "dans {count} seconde", _ => "dans {count} secondes" },
    minutes_ahead(count): { One => "dans {count} minute", _ => "dans {count} minutes" },
    hours_ahead(count): { One => "dans {count} heure", _ => "dans {count} heures" },
    days_ahead(count): { One => "dans {count} jour", _ => "dans {count} jours" },
    months_ahead(count): "dans {count} mois",
    years_ahead(count): { One => "dans {count} an", _ => "dans {count} ans" },
}
