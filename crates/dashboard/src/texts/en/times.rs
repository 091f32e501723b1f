//! Relative times in English.

define_texts! { Times, English;
    just_now: "just now",
    seconds_ago(count: u64): { One => "{count} second ago", _ => "{count} seconds ago" },
    minutes_ago(count: u64): { One => "{count} minute ago", _ => "{count} minutes ago" },
    hours_ago(count: u64): { One => "{count} hour ago", _ => "{count} hours ago" },
    days_ago(count: u64): { One => "{count} day ago", _ => "{count} days ago" },
    months_ago(count: u64): { One => "{count} month ago", _ => "{count} months ago" },
    years_ago(count: u64): { One => "{count} year ago", _ => "{count} years ago" },
    in_a_moment: "in a moment",
    seconds_ahead(count: u64): { One => "in {count} second", _ => "in {count} seconds" },
    minutes_ahead(count: u64): { One => "in {count} minute", _ => "in {count} minutes" },
    hours_ahead(count: u64): { One => "in {count} hour", _ => "in {count} hours" },
    days_ahead(count: u64): { One => "in {count} day", _ => "in {count} days" },
    months_ahead(count: u64): { One => "in {count} month", _ => "in {count} months" },
    years_ahead(count: u64): { One => "in {count} year", _ => "in {count} years" },
}
