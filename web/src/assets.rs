//! The console and the citizen page: files built by `web/console`, inside the binary (a development
//! build reads them from the disk). Pre-compressed neighbours (`.br`, `.gz`) are served where the
//! browser takes them. A build without the console serves a page that says how to make it.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::RustEmbed;

use crate::problem::Problem;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/console/dist"]
#[allow_missing = true]
struct Dist;

/// `/`, `/console` and what is below it.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(citizen))
        .route("/console", get(|| async { Redirect::permanent("/console/") }))
        .route("/console/", get(index))
        .route("/console/{*path}", get(console))
}

async fn citizen(headers: HeaderMap) -> Response {
    page("citizen.html", &headers)
}

async fn index(headers: HeaderMap) -> Response {
    page("index.html", &headers)
}

/// A file of the console; a path without a dot is a place inside the console and gets its page.
async fn console(Path(path): Path<String>, headers: HeaderMap) -> Response {
    match file(&path, &headers) {
        Some(response) => response,
        None if !last_part(&path).contains('.') => page("index.html", &headers),
        None => Problem::not_found("file").into_response(),
    }
}

fn page(name: &str, headers: &HeaderMap) -> Response {
    file(name, headers)
        .unwrap_or_else(|| (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response())
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The file with the best encoding that the browser takes.
fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    // Neighbours are an encoding of a file, not files to ask for.
    if path.ends_with(".br") || path.ends_with(".gz") {
        return None;
    }
    let takes = accepted(headers);
    let encoded = ENCODINGS
        .iter()
        .filter(|(name, _)| takes.contains(name))
        .find_map(|(name, suffix)| Some((Some(*name), Dist::get(&format!("{path}{suffix}"))?)));
    let (encoding, found) = match encoded {
        Some(found) => found,
        None => (None, Dist::get(path)?),
    };
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&found.metadata.sha256_hash()[..12]));
    let unchanged =
        headers.get(IF_NONE_MATCH).is_some_and(|have| have.as_bytes() == tag.as_bytes());
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        found.data.into_owned().into_response()
    };
    describe(response.headers_mut(), path, &tag, encoding);
    Some(response)
}

fn describe(headers: &mut HeaderMap, path: &str, tag: &str, encoding: Option<&'static str>) {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind =
        if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    // A file below assets/ has the hash of its content in its name; all others are asked for anew.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    for (name, value) in [(CONTENT_TYPE, kind.as_str()), (ETAG, tag)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
}

/// The encodings that the browser takes (RFC 9110 §12.5.3), those with weight zero left out.
fn accepted(headers: &HeaderMap) -> Vec<&str> {
    let listed = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    listed
        .split(',')
        .filter_map(|part| {
            let (name, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight = weight.trim().trim_start_matches("q=").parse::<f32>().unwrap_or(0.0);
            let name = name.trim();
            (weight > 0.0 && !name.is_empty()).then_some(name)
        })
        .collect()
}

/// Encodings with the ending of the neighbouring file, best first.
const ENCODINGS: &[(&str, &str)] = &[("br", ".br"), ("gzip", ".gz")];

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>Helpline</title><h1>The pages are not built</h1>\
    <p>This program was built without its pages. Build them with <code>make build</code>, or \
    <code>npm ci &amp;&amp; npm run build</code> in <code>web/console</code>. Everything else \
    works.</p></html>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_with_weight_zero_is_not_accepted() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip;q=0.5, br;q=0, deflate"));
        assert_eq!(accepted(&headers), ["gzip", "deflate"]);
        assert!(accepted(&HeaderMap::new()).is_empty());
    }

    #[test]
    fn compressed_neighbours_are_not_files_of_their_own() {
        assert!(file("index.html.br", &HeaderMap::new()).is_none());
    }
}
