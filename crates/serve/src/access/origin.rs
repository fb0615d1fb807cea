//! Which page a request comes from, as the browser tells it: against forged requests.

use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};

use super::host;

/// Whether the request changes nothing.
pub(super) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a page of another site may have made the browser send this; `host` is what the browser asked for, where
/// a proxy that is trusted has told it.
///
/// Browsers say with every unsafe request which site it is from. Other programs say nothing, and are
/// no danger: they act for whoever runs them.
pub(super) fn is_foreign(headers: &HeaderMap, host: Option<&str>) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let Some(origin) = authority(origin) else { return true };
    let own = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    !own.into_iter().chain(host).any(|host| origin.eq_ignore_ascii_case(host))
}

/// Whether a page that is not of this machine has made the browser send this: its host was another one on the way.
pub(super) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let told = [header::ORIGIN, header::REFERER].into_iter().filter_map(|name| headers.get(name));
    told.map(authority).any(|page| !page.is_some_and(|page| host::is_loopback(&page)))
}

/// Host and port of the page that a browser tells of.
fn authority(page: &HeaderValue) -> Option<String> {
    let page: Uri = page.to_str().ok()?.parse().ok()?;
    page.authority().map(|authority| authority.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|&(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn what_another_site_sends_is_foreign() {
        let host = ("host", "Shop:8080");
        let is_foreign = |pairs: &[_]| is_foreign(&headers(pairs), None);
        assert!(!is_foreign(&[host]));
        assert!(!is_foreign(&[host, ("origin", "http://shop:8080")]));
        assert!(is_foreign(&[host, ("origin", "http://shop:8081")]));
        assert!(is_foreign(&[host, ("origin", "null")]));
        assert!(is_foreign(&[host, ("origin", "http://evil.example")]));
        assert!(is_foreign(&[host, ("sec-fetch-site", "cross-site")]));
        assert!(is_foreign(&[host, ("sec-fetch-site", "same-site")]));
        assert!(!is_foreign(&[host, ("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn a_proxy_says_which_host_the_browser_asked_for() {
        let behind = [("host", "127.0.0.1:8080"), ("origin", "https://shop.example")];
        assert!(is_foreign(&headers(&behind), None));
        assert!(!is_foreign(&headers(&behind), Some("Shop.example")));
        assert!(is_foreign(&headers(&behind), Some("evil.example")));
    }

    #[test]
    fn a_page_of_another_host_gives_itself_away() {
        let is_from_elsewhere = |pairs: &[_]| is_from_elsewhere(&headers(pairs));
        assert!(!is_from_elsewhere(&[]));
        assert!(!is_from_elsewhere(&[
            ("origin", "http://localhost:8080"),
            ("referer", "http://127.0.0.1:1/x")
        ]));
        for page in ["https://shop.example", "http://localhost.evil", "null", "http://[::1].evil.example"] {
            assert!(is_from_elsewhere(&[("origin", page)]), "{page}");
            assert!(is_from_elsewhere(&[("referer", page)]), "{page}");
        }
    }
}
