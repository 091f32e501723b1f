//! Who reads an export, and whether they still may.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{Request, StatusCode};

use crate::access::{Access, Refusal};
use crate::caller::identify;
use crate::{Problem, Web};

type Checking = Pin<Box<dyn Future<Output = Result<bool, Problem>> + Send>>;

/// The caller who reads an export. Their session may end, and their permission may be taken away, before it does.
pub struct ExportReader(Box<dyn Fn() -> Checking + Send + Sync>);

impl ExportReader {
    /// A caller who may read as long as `check` returns true.
    pub fn new<F: Future<Output = Result<bool, Problem>> + Send + 'static>(
        check: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self {
        Self(Box::new(move || Box::pin(check())))
    }

    /// Whether the caller may still read.
    ///
    /// # Errors
    ///
    /// [`Problem`] where the database is not available.
    pub async fn may_still_read(&self) -> Result<bool, Problem> {
        (self.0)().await
    }
}

impl std::fmt::Debug for ExportReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExportReader").finish_non_exhaustive()
    }
}

/// Of a route that the guard has let the caller into: the same credentials are looked at again.
impl FromRequestParts<Arc<Web>> for ExportReader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Problem> {
        let access = *parts.extensions.get::<Access>().ok_or_else(|| Problem::from(Refusal::Unauthenticated))?;
        let (mut again, ()) = Request::new(()).into_parts();
        again.headers = parts.headers.clone();
        again.extensions = parts.extensions.clone();
        let (again, web) = (Arc::new(again), Arc::clone(web));
        Ok(Self::new(move || {
            let (again, web) = (Arc::clone(&again), Arc::clone(&web));
            async move {
                match identify(&again, &web, access).await {
                    Ok(caller) => Ok(access.check(&caller).is_ok()),
                    Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => Ok(false),
                    Err(problem) => Err(problem),
                }
            }
        }))
    }
}
