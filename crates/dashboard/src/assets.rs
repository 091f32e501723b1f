//! The stylesheet, the script, the font and the icon: embedded in the binary, and named by a hash of their content, so that browsers
//! cache them for ever and load them again when they change.

use std::fmt;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode, Uri};
use sha2::{Digest, Sha256};
use vestibule_server::CompressedOnce;

use crate::Dashboard;
use crate::brand::{Accent, Brand};

/// A file that pages load.
pub(crate) struct Asset {
    /// Its path, such as `/app/assets/page-1f2e3d4c.css`.
    pub(crate) path: String,
    kind: &'static str,
    content: Bytes,
    compressed: CompressedOnce,
}

fn asset(name: &str, extension: &str, kind: &'static str, content: impl Into<Bytes>) -> Asset {
    let content = content.into();
    let hash = Sha256::digest(&content);
    let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let path = format!("/app/assets/{name}-{hash}.{extension}");
    Asset { path, kind, content, compressed: CompressedOnce::default() }
}

/// The files of one dashboard: the stylesheet and the icon depend on its brand.
pub(crate) struct Assets {
    pub(crate) style: Asset,
    pub(crate) script: Asset,
    pub(crate) font: Asset,
    pub(crate) icon: Asset,
}

impl Assets {
    pub(crate) fn new(brand: &Brand) -> Self {
        // Inter, reduced to the characters of the pages' languages by the build script.
        let font = include_bytes!(concat!(env!("OUT_DIR"), "/inter.woff2")).as_slice();
        let font = asset("inter", "woff2", "font/woff2", font);
        // The stylesheet names the font by its path beside it.
        let name = font.path.rsplit('/').next().unwrap_or_default();
        let accent = brand.accent.map(Accent::style).unwrap_or_default();
        let style = squeezed(&STYLE_PARTS.concat()).replace("{font}", name) + &accent;
        let icon = match &brand.logo {
            Some(logo) => asset("icon", logo.extension, logo.kind, logo.content.clone()),
            None => asset("icon", "svg", "image/svg+xml", include_str!("../assets/icon.svg")),
        };
        Self {
            style: asset("page", "css", "text/css; charset=utf-8", style),
            script: asset("page", "js", "text/javascript; charset=utf-8", SCRIPT_PARTS.concat()),
            font,
            icon,
        }
    }

    fn find(&self, path: &str) -> Option<&Asset> {
        [&self.style, &self.script, &self.font, &self.icon].into_iter().find(|asset| asset.path == path)
    }
}

impl fmt::Debug for Assets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assets").finish_non_exhaustive()
    }
}

/// Removes the spaces that a stylesheet does not need.
fn squeezed(style: &str) -> String {
    [(" { ", "{"), ("; }", "}"), ("; ", ";"), (": ", ":"), (", ", ",")]
        .into_iter()
        .fold(style.to_owned(), |style, (long, short)| style.replace(long, short))
}

const STYLE_PARTS: [&str; 5] = [
    include_str!("../assets/style/1-base.css"),
    include_str!("../assets/style/2-controls.css"),
    include_str!("../assets/style/3-frame.css"),
    include_str!("../assets/style/4-lists.css"),
    include_str!("../assets/style/5-pages.css"),
];

const SCRIPT_PARTS: [&str; 8] = [
    include_str!("../assets/script/1-page.js"),
    include_str!("../assets/script/2-menus.js"),
    include_str!("../assets/script/3-lists.js"),
    include_str!("../assets/script/4-passwords.js"),
    include_str!("../assets/script/5-passkeys.js"),
    include_str!("../assets/script/6-palette.js"),
    include_str!("../assets/script/7-steps.js"),
    include_str!("../assets/script/8-rows.js"),
];

pub(crate) async fn serve(State(dashboard): State<Arc<Dashboard>>, uri: Uri) -> Response {
    let path = dashboard.inside(uri.path());
    let Some(asset) = dashboard.assets.find(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = asset.content.clone().into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    let for_ever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(CACHE_CONTROL, for_ever);
    response.extensions_mut().insert(asset.compressed.clone());
    response
}
