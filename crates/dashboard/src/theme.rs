//! `/app/theme`: light, dark, or what the system prefers.

use http::HeaderMap;
use http::header::SET_COOKIE;
use vestibule_web::cookies;

use crate::failure::Failure;
use crate::request::{Answer, SharedRequest, next_page, set_cookie};
use crate::texts::Texts;

/// The cookie that stores a visitor's choice.
const COOKIE: &str = "vestibule-theme";

/// A theme of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Theme {
    /// The one that the system prefers.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Returns its value in the cookie and in the HTML.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::System => "",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn name(self, texts: &Texts) -> &'static str {
        match self {
            Self::System => texts.theme_system,
            Self::Light => texts.theme_light,
            Self::Dark => texts.theme_dark,
        }
    }

    fn of(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == value)
    }

    /// Returns the theme that the visitor has chosen.
    pub(crate) fn chosen(headers: &HeaderMap) -> Self {
        cookies::named(headers, COOKIE).find_map(Self::of).unwrap_or_default()
    }
}

/// Stores the visitor's choice.
pub(crate) async fn choose(request: SharedRequest) -> Answer {
    request.form.only(&["theme", "next"])?;
    let theme = Theme::of(request.form.get("theme")).ok_or(Failure::Unreadable("theme"))?;
    let mut response = request.go(next_page(request.form.get("next")))?;
    response.headers_mut().append(SET_COOKIE, set_cookie(&request.dashboard, COOKIE, theme.as_str(), true));
    Ok(response)
}
