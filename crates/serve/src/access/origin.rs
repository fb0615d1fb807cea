//! Where a request comes from, as the browser tells it: against forged requests and rebound names.

use axum::http::{HeaderMap, Method, Uri, header};

/// Whether the request changes nothing.
pub(super) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a page of another site may have made the browser send this.
///
/// Browsers say with every unsafe request which site it is from. Other programs say nothing, and are
/// no danger: they act for whoever runs them.
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let authority = |uri: Uri| uri.authority().map(|a| a.as_str().to_ascii_lowercase());
    let origin = origin.to_str().ok().and_then(|o| o.parse().ok()).and_then(authority);
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).map(str::to_ascii_lowercase);
    origin.is_none() || origin != host
}

/// Whether the host in the request is a name of this machine's loopback. A page of a stranger whose
/// name was made to point to 127.0.0.1 shows itself by that name.
pub(super) fn is_loopback_host(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|h| h.to_str().ok()) else { return false };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
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
        assert!(!is_foreign(&headers(&[host])));
        assert!(!is_foreign(&headers(&[host, ("origin", "http://shop:8080")])));
        assert!(is_foreign(&headers(&[host, ("origin", "http://shop:8081")])));
        assert!(is_foreign(&headers(&[host, ("origin", "null")])));
        assert!(is_foreign(&headers(&[host, ("origin", "http://evil.example")])));
        assert!(is_foreign(&headers(&[host, ("sec-fetch-site", "cross-site")])));
        assert!(is_foreign(&headers(&[host, ("sec-fetch-site", "same-site")])));
        assert!(!is_foreign(&headers(&[host, ("sec-fetch-site", "same-origin")])));
    }

    #[test]
    fn only_loopback_has_loopback_names() {
        for host in ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "127.9.9.9", "[::1]:80", "[::1]"] {
            assert!(is_loopback_host(&headers(&[("host", host)])), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example", "10.0.0.1:8080", "[::2]", "", "127.0.0.1.nip.io"]
        {
            assert!(!is_loopback_host(&headers(&[("host", host)])), "{host}");
        }
        assert!(!is_loopback_host(&HeaderMap::new()));
    }
}
