//! The fields of a form.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use vestibule_flows::FreshProof;

use crate::failure::Failure;
use crate::public::passkey::answer_of;

/// The longest form, in bytes: the same as the server's limit on bodies.
const LIMIT: usize = 256 * 1024;

/// The field that proves that a form comes from one of our pages.
pub(crate) const TOKEN: &str = "form_token";

/// The fields of a fresh proof of identity, see [`crate::public::confirm`].
const PROOF_CODE: &str = "proof_code";
const PROOF_PASSWORD: &str = "proof_password";
const PROOF_CHALLENGE: &str = "proof_challenge";
const PROOF_ANSWER: &str = "proof_answer";

/// A file that was sent with a form.
#[derive(Debug, Clone)]
pub(crate) struct UploadedFile {
    pub(crate) name: String,
    /// None if it is larger than the form allows.
    pub(crate) content: Option<Arc<[u8]>>,
}

/// The fields of a form, or of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Parses `a=1&b=2`.
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// Reads the body of a form.
    pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Failure> {
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
            return Err(Failure::Unreadable("content-type"));
        }
        let bytes = to_bytes(body, LIMIT).await.map_err(|_| Failure::Unreadable("body"))?;
        Ok(Self::parse(&bytes))
    }

    /// Reads the body of a form with a file of at most `most` bytes. After a larger one nothing more is read.
    pub(crate) async fn read_upload(
        headers: &HeaderMap,
        body: Body,
        most: usize,
    ) -> Result<(Self, Option<UploadedFile>), Failure> {
        let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
        if !kind.starts_with(b"multipart/form-data") {
            return Ok((Self::read(headers, body).await?, None));
        }
        let mut request = Request::new(body);
        request.headers_mut().extend(headers.get(CONTENT_TYPE).map(|kind| (CONTENT_TYPE, kind.clone())));
        DefaultBodyLimit::disable().apply(&mut request);
        let parts = Multipart::from_request(request, &()).await;
        let mut parts = parts.map_err(|_| Failure::Unreadable("content-type"))?;
        let broken = |_: MultipartError| Failure::Unreadable("body");
        let (mut fields, mut file, mut length) = (Vec::new(), None, 0);
        while let Some(mut part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            let file_name = part.file_name().map(str::to_owned);
            let limit = if file_name.is_some() { most } else { LIMIT };
            let mut content = Vec::new();
            while let Some(bytes) = part.chunk().await.map_err(broken)? {
                content.extend_from_slice(&bytes);
                length += bytes.len();
                if content.len() > limit || length > most + LIMIT {
                    let Some(name) = file_name else { return Err(Failure::Unreadable("body")) };
                    return Ok((Self(fields), Some(UploadedFile { name, content: None })));
                }
            }
            match file_name {
                // A browser sends the field also where no file was chosen.
                Some(name) if name.is_empty() && content.is_empty() => {}
                Some(name) => file = Some(UploadedFile { name, content: Some(content.into()) }),
                None => {
                    let text = String::from_utf8(content).map_err(|_| Failure::Unreadable("body"))?;
                    fields.push((name, text));
                }
            }
        }
        Ok((Self(fields), file))
    }

    /// Refuses fields that the form does not have, which would otherwise be silently ignored (security.md 26).
    pub(crate) fn only(&self, names: &[&str]) -> Result<(), Failure> {
        match self.0.iter().all(|(name, _)| name == TOKEN || names.contains(&name.as_str())) {
            true => Ok(()),
            false => Err(Failure::Unreadable("unknown field")),
        }
    }

    /// Removes and returns the proof of identity of the form, if any.
    pub(crate) fn take_proof(&mut self) -> Option<FreshProof> {
        let code = self.take(PROOF_CODE).map(|code| code.chars().filter(|c| !c.is_whitespace()).collect());
        let password = self.take(PROOF_PASSWORD);
        let (challenge, answer) = (self.take(PROOF_CHALLENGE), self.take(PROOF_ANSWER));
        let answer = challenge.zip(answer.and_then(|answer| answer_of(&answer)));
        let has_proof = code.is_some() || password.is_some() || answer.is_some();
        has_proof.then_some(FreshProof { code, password, answer, ..FreshProof::default() })
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let place = self.0.iter().position(|(field, _)| field == name)?;
        Some(self.0.remove(place).1)
    }

    /// Returns whether the form has a proof of identity.
    pub(crate) fn has_proof(&self) -> bool {
        self.0.iter().any(|(name, _)| name == PROOF_CODE || name == PROOF_PASSWORD || name == PROOF_ANSWER)
    }

    /// Returns the value of a field; empty if it is missing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// Returns the value without surrounding white space; `None` if it is empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        Some(self.get(name).trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Returns the value of each field of this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Returns every field with its value.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the fields without some, and without those that are empty.
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let is_kept = |(name, value): &&(String, String)| !names.contains(&name.as_str()) && !value.is_empty();
        Self(self.0.iter().filter(is_kept).cloned().collect())
    }

    /// Returns the fields as a query, with another value for one of them: for a link to another page of a list.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (field, present) in self.0.iter().filter(|(field, present)| field != name && !present.is_empty()) {
            query.append_pair(field, present);
        }
        if !value.is_empty() {
            query.append_pair(name, value);
        }
        query.finish()
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_unknown_ones_refused() {
        let fields = Fields::parse(b"email=a%40b.example&role=a&role=b&first_name=++&form_token=x");
        assert_eq!((fields.get("email"), fields.get("no")), ("a@b.example", ""));
        assert_eq!(fields.all("role").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(fields.text("first_name"), None);
        assert!(fields.only(&["email", "role", "first_name"]).is_ok() && fields.only(&["email", "role"]).is_err());
        assert_eq!(Fields::parse(b"q=a+b&page=2&sort=").with("page", "3"), "q=a+b&page=3");
        assert_eq!(Fields::parse(b"q=a&page=2").with("page", ""), "q=a");
        assert_eq!(Fields::parse(b"q=a&after=x&done=y&rows=").without(&["after", "done"]), Fields::parse(b"q=a"));
    }
}
