//! The templates: built in, overridden by the operator's, tested before the first mail.

mod built_in;
mod environment;
mod error;
mod folder;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use minijinja::{Environment, Value};
use vestibule_language::Language;

pub(crate) use self::built_in::title;
pub use self::error::{RenderError, TemplateError};
use self::folder::{ENDINGS, LAYOUTS};
use crate::one_line::{one_line, short_line};
use crate::unlinked::unlinked_unless_address;
use crate::{Facts, Kind};

/// The templates of every mail in every language.
pub struct Templates {
    environment: Environment<'static>,
    languages: Vec<String>,
}

/// The content of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, on one line.
    pub subject: String,
    /// The text, for programs that display no HTML.
    pub text: String,
    /// The same as an HTML document.
    pub html: String,
}

/// The origin of each template, for messages: its text, and its path if it is the operator's.
type Sources = BTreeMap<String, (String, Option<PathBuf>)>;

impl Templates {
    /// Loads the built-in templates of every [`Language`], overridden file by file by those in `folder`.
    ///
    /// The folder may contain `layout.html`, `layout.txt`, and a folder for each language with any of `layout.html`,
    /// `layout.txt`, `invite.subject.txt`, `invite.txt`, `invite.html` and so on for each [`Kind`]. A language that is
    /// not built in needs all files of all kinds; `de-AT` inherits missing ones from `de`.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] if the folder cannot be read, contains an unknown file, lacks one, or if a template does not
    /// render sample facts: all, and as few as possible.
    pub fn load(folder: Option<&Path>) -> Result<Self, TemplateError> {
        let mut languages: Vec<String> = built_in::LANGUAGES.iter().map(|(code, _)| (*code).to_owned()).collect();
        let mut sources = Sources::new();
        for (name, text) in built_in::LAYOUTS {
            sources.insert(name.to_owned(), (text.to_owned(), None));
        }
        for (code, files) in built_in::LANGUAGES {
            for (name, text) in *files {
                sources.insert(format!("{code}/{name}"), ((*text).to_owned(), None));
            }
        }
        if let Some(folder) = folder {
            for source in folder::read(folder)? {
                let name = match source.language {
                    Some(language) => {
                        let name = format!("{language}/{}", source.name);
                        if !languages.contains(&language) {
                            languages.push(language);
                        }
                        name
                    }
                    None => source.name,
                };
                sources.insert(name, (source.text, Some(source.path)));
            }
            for language in &languages {
                complete(&mut sources, language, folder)?;
            }
        }
        let templates = Self::parse(&sources, languages).map_err(|error| located(&sources, error))?;
        templates.try_all().map_err(|error| located(&sources, error))?;
        Ok(templates)
    }

    fn parse(sources: &Sources, languages: Vec<String>) -> Result<Self, RenderError> {
        let mut environment = environment::environment(sources.keys().cloned().collect())
            .map_err(|error| RenderError::new("layout.html", &error))?;
        for (name, (text, _)) in sources {
            environment
                .add_template_owned(name.clone(), text.clone())
                .map_err(|error| RenderError::new(name, &error))?;
        }
        Ok(Self { environment, languages })
    }

    /// Renders every mail with all its facts, and without the optional ones, each way of a condition.
    fn try_all(&self) -> Result<(), RenderError> {
        for (language, kind) in
            self.languages.iter().flat_map(|language| Kind::ALL.iter().map(move |kind| (language, *kind)))
        {
            let sample = Facts::sample(kind);
            self.render(kind, language, &sample)?;
            let bare = Facts {
                other_address: None,
                link: None,
                inviter: None,
                expires_at: None,
                device: None,
                client_address: None,
                factor: None,
                code: None,
                ..sample
            };
            self.render(kind, language, &bare)?;
            self.render(kind, language, &Facts { other_factors: true, ..bare })?;
        }
        Ok(())
    }

    /// Returns the languages, such as `en` and `de`.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.iter().map(String::as_str)
    }

    /// Renders a mail.
    ///
    /// `language` is a tag such as `de` or `de-AT`; the fallbacks are the language without its region, and English.
    ///
    /// # Errors
    ///
    /// [`RenderError`] if an operator's template fails on these facts, though not on sample facts.
    pub fn render(&self, kind: Kind, language: &str, facts: &Facts) -> Result<Rendered, RenderError> {
        let language = self.find_language(language).unwrap_or(Language::default().code());
        let mut context = context(language, facts);
        let subject = one_line(&self.render_one(language, kind, "subject.txt", &context)?);
        context.insert("subject", Value::from(subject.as_str()));
        let text = without_gaps(&self.render_one(language, kind, "txt", &context)?);
        let html = self.render_one(language, kind, "html", &context)?;
        Ok(Rendered { subject, text, html })
    }

    /// Returns the available language for a wanted one: the same, or the one without its region.
    pub fn find_language(&self, wanted: &str) -> Option<&str> {
        let find = |tag: &str| self.languages().find(|language| language.eq_ignore_ascii_case(tag));
        find(wanted).or_else(|| find(wanted.split(['-', '_']).next().unwrap_or_default()))
    }

    fn render_one(&self, language: &str, kind: Kind, ending: &str, context: &Context) -> Result<String, RenderError> {
        let name = format!("{language}/{}.{ending}", kind.name());
        self.environment
            .get_template(&name)
            .and_then(|template| template.render(Value::from(context.clone())))
            .map_err(|error| RenderError::new(&name, &error))
    }
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Templates").field("languages", &self.languages).finish_non_exhaustive()
    }
}

type Context = BTreeMap<&'static str, Value>;

fn context(language: &str, facts: &Facts) -> Context {
    let short = |text: &Option<String>| Value::from(text.as_deref().map(short_line));
    let chosen = |text: &str| short_line(&unlinked_unless_address(&one_line(text)));
    BTreeMap::from([
        ("language", Value::from(language)),
        // Not known yet while the subject itself is rendered.
        ("subject", Value::from("")),
        ("app", Value::from(short_line(&facts.app))),
        ("public_url", Value::from(one_line(&facts.public_url).trim_end_matches('/'))),
        ("address", Value::from(unlinked_unless_address(&one_line(&facts.address)))),
        (
            "other_address",
            Value::from(facts.other_address.as_deref().map(|address| unlinked_unless_address(&one_line(address)))),
        ),
        ("link", Value::from(facts.link.as_deref().map(one_line))),
        ("inviter", Value::from(facts.inviter.as_deref().map(chosen))),
        ("expires_at", Value::from(facts.expires_at.map(|moment| moment.to_string()))),
        ("happened_at", Value::from(facts.happened_at.to_string())),
        ("device", Value::from(facts.device.as_deref().map(chosen))),
        ("client_address", short(&facts.client_address)),
        ("factor", Value::from(facts.factor.as_deref().map(chosen))),
        ("other_factors", Value::from(facts.other_factors)),
        ("code", short(&facts.code)),
    ])
}

/// Removes repeated empty lines and those at the end, which conditions in a template leave.
fn without_gaps(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.trim_start().lines() {
        // The space after a signature's dashes marks the signature (RFC 3676 4.3).
        let line = if line == "-- " { line } else { line.trim_end() };
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    format!("{}\n", lines.join("\n").trim_end())
}

/// Fills the missing files of a language such as `de-AT` from `de`; if some are still missing, that is an error.
fn complete(sources: &mut Sources, language: &str, folder: &Path) -> Result<(), TemplateError> {
    let primary = language.split('-').next().unwrap_or_default();
    let mails = Kind::ALL.iter().flat_map(|kind| ENDINGS.map(|ending| format!("{}.{ending}", kind.name())));
    for file in LAYOUTS.map(str::to_owned).into_iter().chain(mails) {
        let name = format!("{language}/{file}");
        if sources.contains_key(&name) {
            continue;
        }
        if let Some(source) = sources.get(&format!("{primary}/{file}")) {
            sources.insert(name, source.clone());
        } else if !LAYOUTS.contains(&file.as_str()) {
            let reason =
                "is missing; a language that is not built in needs a subject, a text and an HTML file for every mail";
            return Err(TemplateError::new(&folder.join(&name), reason));
        }
    }
    Ok(())
}

/// Adds the path of the operator's file to an error.
fn located(sources: &Sources, error: RenderError) -> TemplateError {
    let file = match sources.get(&error.template) {
        Some((_, Some(path))) => path.display().to_string(),
        _ => format!("{} (built in)", error.template),
    };
    TemplateError { file, line: Some(error.line), reason: error.reason }
}
