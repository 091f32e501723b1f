//! Relative times in German.

texts! { Times, German;
    just_now: "gerade eben",
    seconds_ago(count): { One => "vor {count} Sekunde", _ => "vor {count} Sekunden" },
    minutes_ago(count): { One => "vor {count} Minute", _ => "vor {count} Minuten" },
    hours_ago(count): { One => "vor {count} Stunde", _ => "vor {count} Stunden" },
    days_ago(count): { One => "vor {count} Tag", _ => "vor {count} Tagen" },
    months_ago(count): { One => "vor {count} Monat", _ => "vor {count} Monaten" },
    years_ago(count): { One => "vor {count} Jahr", _ => "vor {count} Jahren" },
    in_a_moment: "gleich",
    seconds_ahead(count): { One => "in {count} Sekunde", _ => "in {count} Sekunden" },
    minutes_ahead(count): { One => "in {count} Minute", _ => "in {count} Minuten" },
    hours_ahead(count): { One => "in {count} Stunde", _ => "in {count} Stunden" },
    days_ahead(count): { One => "in {count} Tag", _ => "in {count} Tagen" },
    months_ahead(count): { One => "in {count} Monat", _ => "in {count} Monaten" },
    years_ahead(count): { One => "in {count} Jahr", _ => "in {count} Jahren" },
}
