//! Certificates are replaced while connections are open.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use palisade_web::{Certificates, Listen, serve};
use rustls_pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A certificate and its key, as a renewal creates them.
struct Pair {
    der: Vec<u8>,
    certificate: String,
    key: String,
}

fn pair() -> Pair {
    let made = rcgen::generate_simple_self_signed(vec!["palisade.example".to_owned()]).unwrap();
    Pair {
        der: made.cert.der().to_vec(),
        certificate: made.cert.pem(),
        key: made.signing_key.serialize_pem(),
    }
}

fn connector(trusted: &[&Pair]) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    for pair in trusted {
        roots.add(pair.der.clone().into()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

async fn connect(connector: &TlsConnector, address: SocketAddr) -> TlsStream<TcpStream> {
    let name = ServerName::try_from("palisade.example").unwrap();
    connector.connect(name, TcpStream::connect(address).await.unwrap()).await.unwrap()
}

fn presented(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

/// Whether a connection gets a response; it stays open.
async fn answers(stream: &mut TlsStream<TcpStream>) -> bool {
    stream.write_all(b"GET / HTTP/1.1\r\nhost: palisade.example\r\n\r\n").await.unwrap();
    let (mut all, mut some) = (Vec::new(), [0; 1_024]);
    while !all.ends_with(b"here") {
        match stream.read(&mut some).await {
            Ok(count @ 1..) => all.extend_from_slice(&some[..count]),
            _ => return false,
        }
    }
    true
}

fn write(folder: &Path, certificate: &str, key: &str) {
    // As renewals do: another file with the same name.
    for (name, text) in [("chain.pem", certificate), ("key.pem", key)] {
        std::fs::write(folder.join("new"), text).unwrap();
        std::fs::rename(folder.join("new"), folder.join(name)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_replaced_while_it_serves() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second, other) = (pair(), pair(), pair());
    write(folder.path(), &first.certificate, &first.key);
    let open = || Certificates::open(&folder.path().join("chain.pem"), &folder.path().join("key.pem"));
    let mut certificates = open().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/", get(|| async { "here" }));
    let listen = Listen { listener, tls: Some(certificates.tls()) };
    tokio::spawn(serve(listen, router, std::future::pending()));
    let connector = connector(&[&first, &second]);
    let mut old = connect(&connector, address).await;
    assert!(answers(&mut old).await);
    assert_eq!(presented(&old), first.der);
    assert!(!certificates.refresh().unwrap(), "nothing has changed");

    write(folder.path(), &second.certificate, &second.key);
    assert!(certificates.refresh().unwrap());
    let mut new = connect(&connector, address).await;
    assert_eq!(presented(&new), second.der);
    assert!(answers(&mut new).await);
    assert!(answers(&mut old).await, "a connection that is open stays open");

    // Invalid files change nothing, and are read again only after another change.
    for (certificate, key) in [
        (second.certificate.as_str(), other.key.as_str()),
        ("no certificate", &other.key),
        (&first.certificate, ""),
    ] {
        write(folder.path(), certificate, key);
        let error = certificates.refresh().unwrap_err().to_string();
        assert!(error.starts_with("TLS: "), "{error}");
        assert!(!certificates.refresh().unwrap());
        let mut stream = connect(&connector, address).await;
        assert_eq!(presented(&stream), second.der);
        assert!(answers(&mut stream).await);
        assert!(open().is_err(), "a start with it is refused");
    }
    std::fs::remove_file(folder.path().join("key.pem")).unwrap();
    let error = certificates.refresh().unwrap_err().to_string();
    assert!(error.contains("key.pem`"), "{error}");
    assert_eq!(presented(&connect(&connector, address).await), second.der);
    write(folder.path(), &first.certificate, &first.key);
    assert!(certificates.refresh().unwrap());
    assert_eq!(presented(&connect(&connector, address).await), first.der);
    assert!(answers(&mut old).await && answers(&mut new).await);
}
