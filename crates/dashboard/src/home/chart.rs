//! The chart of the last thirty days, as SVG.

use vestibule_audit::Action;
use vestibule_core::Timestamp;

use super::days::DAY;
use crate::failure::Failure;
use crate::format;
use crate::request::PageRequest;
use crate::texts;

/// How many days are drawn.
const DAYS: i64 = 30;

/// The width of a day and the height of the chart, in units of the drawing.
const WIDTH: u64 = 20;
const HEIGHT: u64 = 100;

/// The bars of one day.
pub(super) struct Bar {
    pub(super) x: u64,
    /// The height of the sign-ins, and of the accepted invites.
    pub(super) sign_ins: u64,
    pub(super) accepted: u64,
    /// The text on the day: its date and its numbers.
    pub(super) title: String,
}

pub(super) struct Chart {
    pub(super) bars: Vec<Bar>,
    pub(super) width: u64,
    /// The dates of the first and the last day.
    pub(super) first: String,
    pub(super) last: String,
    /// The numbers of all days together.
    pub(super) sign_ins: String,
    pub(super) accepted: String,
}

/// Draws the chart, for callers who may read the audit log.
pub(super) async fn chart(request: &PageRequest) -> Result<Option<Chart>, Failure> {
    if !request.permissions().allows("audit:read") {
        return Ok(None);
    }
    let days = &request.dashboard.days;
    let sign_ins = days.of(request, &Action::SessionStarted, DAYS).await?;
    let accepted = days.of(request, &Action::InviteAccepted, DAYS).await?;
    let most = sign_ins.iter().chain(&accepted).copied().max().unwrap_or_default().max(1);
    let today = request.now.as_seconds().div_euclid(DAY);
    let language = request.language;
    let date = |place: i64| {
        let moment = Timestamp::from_seconds((today - DAYS + 1 + place) * DAY);
        let written = language.date(moment);
        written.split_once(',').map_or(written.clone(), |(date, _)| date.to_owned())
    };
    let number = |number: u64| format::number(number, language);
    let (texts, colon) = (texts::home(language), request.texts().colon);
    let mut bars = Vec::new();
    for ((place, x), (sign_ins, accepted)) in
        (0_i64..).zip((0..).step_by(WIDTH as usize)).zip(sign_ins.iter().zip(&accepted))
    {
        bars.push(Bar {
            x,
            sign_ins: height(*sign_ins, most),
            accepted: height(*accepted, most),
            title: format!(
                "{}{} {}, {}",
                date(place),
                colon,
                texts.count_sign_ins(*sign_ins, &number(*sign_ins)),
                texts.count_accepted(*accepted, &number(*accepted))
            ),
        });
    }
    Ok(Some(Chart {
        width: bars.len() as u64 * WIDTH,
        first: date(0),
        last: date(DAYS - 1),
        sign_ins: number(sign_ins.iter().sum()),
        accepted: number(accepted.iter().sum()),
        bars,
    }))
}

/// Returns the height of a bar: what is not nothing can be seen.
fn height(count: u64, most: u64) -> u64 {
    if count == 0 { 0 } else { (count * HEIGHT / most).max(2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_among_thousands_can_be_seen() {
        assert_eq!([height(0, 5), height(1, 5_000), height(5, 5)], [0, 2, HEIGHT]);
    }
}
