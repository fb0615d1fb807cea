//! Alerts by e-mail.

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{CertificateStore, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport as _};

use super::record::Change;
use super::tell::{PATIENCE, Teller, Trouble};
use crate::publish::{MailConfig, endpoint_of_mail};
use crate::{PortError, ServeError};

/// A mail server, and who gets letters by it.
pub(super) struct Mail {
    config: MailConfig,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl Mail {
    pub(super) fn new(config: &MailConfig) -> Result<Self, ServeError> {
        config.check()?;
        let address = |text: &String| {
            let problem =
                |_| format!("\"{text}\" is no address: write name@example.com, or Name <name@example.com>");
            text.parse()
                .map_err(problem)
                .map_err(|problem| ServeError::Setting { setting: "publish.mail", problem })
        };
        let from = address(&config.from)?;
        let to = config.to.iter().map(address).collect::<Result<_, _>>()?;
        Ok(Self { config: config.clone(), from, to })
    }

    fn letter(&self, change: &Change) -> Result<Message, PortError> {
        let state = &change.state;
        let what = if state.active { "Alert" } else { "Over" };
        let mut letter = Message::builder().from(self.from.clone());
        for to in &self.to {
            letter = letter.to(to.clone());
        }
        let at = change.at.to_zoned_datetime(jiff::tz::TimeZone::system());
        let place = state.source.as_ref().map(|source| format!("Source: {source}\n")).unwrap_or_default();
        let body = format!(
            "{}.\n\nAlert: {}\n{place}{}: {}\n",
            state.text,
            state.alert,
            if state.active { "Since" } else { "Over since" },
            at.strftime("%Y-%m-%d %H:%M:%S %:z")
        );
        let letter = letter.subject(format!("{what}: {}", state.text)).header(ContentType::TEXT_PLAIN);
        Ok(letter.body(body)?)
    }

    fn transport(&self) -> Result<SmtpTransport, PortError> {
        let (host, port, tls) = endpoint_of_mail(&self.config.url)?;
        let parameters = || {
            TlsParameters::builder(host.clone()).certificate_store(CertificateStore::Default).build_rustls()
        };
        let tls = match (tls, &self.config.password) {
            (true, _) => Tls::Wrapper(parameters()?),
            // A password is shown to nobody who listens.
            (false, Some(_)) => Tls::Required(parameters()?),
            (false, None) => Tls::Opportunistic(parameters()?),
        };
        let mut transport =
            SmtpTransport::builder_dangerous(&host).port(port).tls(tls).timeout(Some(PATIENCE));
        if let (Some(user), Some(password)) = (&self.config.user, &self.config.password) {
            transport = transport.credentials(Credentials::new(user.clone(), password.reveal()?));
        }
        Ok(transport.build())
    }
}

impl Teller for Mail {
    fn tell(&self, change: &Change) -> Result<(), Trouble> {
        let transport = self.transport().map_err(Trouble::Passing)?;
        let letter = self.letter(change).map_err(Trouble::Final)?;
        match transport.send(&letter) {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(Trouble::Final(plain(&error))),
            Err(error) => Err(Trouble::Passing(plain(&error))),
        }
    }
}

/// What the server said, without the letter.
fn plain(error: &lettre::transport::smtp::Error) -> PortError {
    format!("the mail server does not take it: {error}").into()
}
