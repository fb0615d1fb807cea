use super::endpoint;

#[test]
fn an_endpoint_is_a_scheme_a_host_and_a_port() {
    let mqtt = |url: &str| endpoint("publish.mqtt.url", &url.into(), [("mqtt", 1883), ("mqtts", 8883)]);
    assert_eq!(mqtt("mqtt://broker").unwrap(), ("broker".into(), 1883, false));
    assert_eq!(mqtt("mqtts://[::1]:99/").unwrap(), ("::1".into(), 99, true));
    for url in ["broker:1883", "http://broker", "mqtt://user:pass@broker", "mqtt://broker/path", "mqtt://"] {
        let error = mqtt(url).unwrap_err().to_string();
        assert!(error.contains("mqtt://HOST:PORT") && !error.contains("pass"), "{error}");
    }
}
