//! The stylesheet, the script and the icon: embedded in the binary, and named by a hash of their content, so that browsers
//! cache them for ever and load them again when they change.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode, Uri};
use sha2::{Digest, Sha256};

use crate::Dashboard;

/// A file that pages load.
pub(crate) struct Asset {
    /// Its path, such as `/app/assets/page-1f2e3d4c.css`.
    pub(crate) path: String,
    kind: &'static str,
    content: &'static str,
}

fn asset(name: &str, extension: &str, kind: &'static str, content: &'static str) -> Asset {
    let hash = Sha256::digest(content);
    let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Asset { path: format!("/app/assets/{name}-{hash}.{extension}"), kind, content }
}

pub(crate) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| asset("page", "css", "text/css; charset=utf-8", include_str!("../assets/page.css")));
pub(crate) static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| asset("page", "js", "text/javascript; charset=utf-8", include_str!("../assets/page.js")));
pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| asset("icon", "svg", "image/svg+xml", include_str!("../assets/icon.svg")));

pub(crate) async fn serve(State(dashboard): State<Arc<Dashboard>>, uri: Uri) -> Response {
    let path = dashboard.inside(uri.path());
    let Some(asset) = [&STYLE, &SCRIPT, &ICON].into_iter().find(|asset| asset.path == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = asset.content.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    let for_ever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(CACHE_CONTROL, for_ever);
    response
}
