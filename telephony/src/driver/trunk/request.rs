//! One request to a trunk outside of calls, with its digest and its deadline. Does I/O.

use std::net::SocketAddr;
use std::time::Duration;

use rsipstack::dialog::authenticate::{AuthRetry, Credential, handle_client_authenticate};
use rsipstack::sip::headers::CallId;
use rsipstack::sip::{
    Header, Headers, Method, Response, SipMessage, StatusCode, StatusCodeKind, Uri, typed,
};
use rsipstack::transaction::endpoint::EndpointInnerRef;
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::{Transaction, make_tag};
use rsipstack::transport::SipAddr;
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::config::{Account, Transport, TrunkAddress, TrunkConfig};
use super::digest::Challenge;
use super::health::TrunkFault;

/// Addresses taken for one host.
const ADDRESSES_MAX: usize = 16;

/// Finds a trunk's host.
///
/// # Errors
/// [`TrunkFault::Unreachable`] if it has no address, or the DNS does not answer.
pub(crate) async fn find(
    to: &TrunkAddress,
    within: Duration,
) -> Result<Vec<SocketAddr>, TrunkFault> {
    if let Some(ip) = to.ip() {
        return Ok(vec![SocketAddr::new(ip, to.port)]);
    }
    let found = timeout(within, lookup_host((to.host.as_str(), to.port))).await;
    let found = found.map_err(|_| TrunkFault::Unreachable)?.map_err(|_| TrunkFault::Unreachable)?;
    let addresses: Vec<SocketAddr> = found.take(ADDRESSES_MAX).collect();
    if addresses.is_empty() { Err(TrunkFault::Unreachable) } else { Ok(addresses) }
}

/// The way to one trunk.
#[derive(Clone, Copy)]
pub(crate) struct Way<'a> {
    pub(crate) endpoint: &'a EndpointInnerRef,
    /// Where we are reached.
    pub(crate) contact: SocketAddr,
    pub(crate) trunk: &'a TrunkConfig,
    pub(crate) to: &'a TrunkAddress,
    pub(crate) address: SocketAddr,
}

/// What is asked.
pub(super) struct Question {
    pub(super) method: Method,
    pub(super) call_id: CallId,
    pub(super) sequence: u32,
    pub(super) headers: Vec<Header>,
}

impl Way<'_> {
    /// The user part that we go by at this trunk.
    pub(crate) fn user(&self) -> &str {
        self.trunk.account.as_ref().map_or("helpline", |account| account.user.as_str())
    }

    /// Our address for this trunk to call.
    pub(super) fn contact_uri(&self) -> String {
        format!("sip:{}@{}{}", self.user(), self.contact, self.transport_parameter())
    }

    fn transport_parameter(&self) -> &'static str {
        match self.trunk.transport {
            Transport::Udp => "",
            Transport::Tcp => ";transport=tcp",
        }
    }

    /// A URI at the trunk.
    pub(crate) fn uri(&self, user: Option<&str>) -> Result<Uri, TrunkFault> {
        let (host, port) = (self.to.uri_host(), self.to.port);
        let user = user.map_or_else(String::new, |user| format!("{user}@"));
        let text = format!("sip:{user}{host}:{port}{}", self.transport_parameter());
        Uri::try_from(text.as_str()).map_err(|_| TrunkFault::Unreachable)
    }

    /// Where the packets go.
    pub(crate) fn destination(&self) -> SipAddr {
        stack_address(self.trunk.transport, self.address)
    }

    /// The credentials that the stack answers challenges with.
    pub(crate) fn credential(&self) -> Option<Credential> {
        self.trunk.account.as_ref().map(|account| Credential {
            username: account.user.clone(),
            password: account.password.clone(),
            realm: account.realm.clone(),
            auth_username: None,
        })
    }

    /// Asks, answers a challenge, and waits for the final answer.
    ///
    /// # Errors
    /// No answer in time, or no way to send the question.
    pub(super) async fn ask(
        &self,
        question: Question,
        within: Duration,
    ) -> Result<Response, TrunkFault> {
        let asked = async {
            let mut transaction = self.transaction(question).await?;
            transaction.send().await.map_err(|_| TrunkFault::Unreachable)?;
            self.answer_of(transaction).await
        };
        timeout(within, asked).await.unwrap_or(Err(TrunkFault::NoAnswer))
    }

    async fn transaction(&self, question: Question) -> Result<Transaction, TrunkFault> {
        let gone = |_: rsipstack::Error| TrunkFault::Unreachable;
        let destination = self.destination();
        if self.trunk.transport == Transport::Tcp {
            // The stack would go on trying to connect until the deadline and not say why.
            self.endpoint.transport_layer.lookup(&destination, None).await.map_err(gone)?;
        }
        let of_us = SipAddr { addr: self.contact.into(), ..destination.clone() };
        let via = self.endpoint.get_via(Some(of_us), None).map_err(gone)?;
        let is_register = question.method == Method::Register;
        let ours =
            if is_register { self.uri(Some(self.user()))? } else { uri(&self.contact_uri())? };
        let theirs = if is_register { ours.clone() } else { self.uri(None)? };
        let from = typed::From { display_name: None, uri: ours, params: Vec::new() };
        let to = typed::To { display_name: None, uri: theirs, params: Vec::new() };
        let mut request = self.endpoint.make_request(
            question.method,
            self.uri(None)?,
            via,
            from.with_tag(make_tag()),
            to,
            question.sequence,
            Some(question.call_id),
        );
        for header in question.headers {
            request.headers.push(header);
        }
        let key = TransactionKey::from_request(&request, TransactionRole::Client).map_err(gone)?;
        let mut transaction = Transaction::new_client(key, request, self.endpoint.clone(), None);
        transaction.destination = Some(destination);
        Ok(transaction)
    }

    async fn answer_of(&self, first: Transaction) -> Result<Response, TrunkFault> {
        let mut transaction = first;
        let mut tries = AuthRetry::new();
        let credential = self.credential();
        while let Some(message) = transaction.receive().await {
            let SipMessage::Response(response) = message else { continue };
            if response.status_code.kind() == StatusCodeKind::Provisional {
                continue;
            }
            let challenged = matches!(
                response.status_code,
                StatusCode::Unauthorized | StatusCode::ProxyAuthenticationRequired
            );
            let answering = credential.as_ref().filter(|_| {
                challenged
                    && names_our_realm(&response.headers, self.trunk.account.as_ref())
                    && tries.should_answer(&response)
            });
            let Some(credential) = answering else { return Ok(response) };
            let sequence = sequence_of(&transaction) + 1;
            let code = response.status_code.code();
            transaction = handle_client_authenticate(sequence, &transaction, response, credential)
                .await
                .map_err(|_| TrunkFault::Answered(code))?;
            transaction.send().await.map_err(|_| TrunkFault::Unreachable)?;
        }
        Err(TrunkFault::NoAnswer)
    }
}

/// Whether a challenge is of the realm that our password is for: any, if the settings name none.
fn names_our_realm(headers: &Headers, account: Option<&Account>) -> bool {
    let Some(ours) = account.and_then(|account| account.realm.as_deref()) else { return true };
    headers.iter().all(|header| {
        let value = if let Header::WwwAuthenticate(value) = header {
            value.value()
        } else if let Header::ProxyAuthenticate(value) = header {
            value.value()
        } else {
            return true;
        };
        Challenge::realm_of(value).is_some_and(|realm| realm == ours)
    })
}

fn sequence_of(transaction: &Transaction) -> u32 {
    use rsipstack::sip::HeadersExt as _;
    transaction.original.cseq_header().ok().and_then(|cseq| cseq.seq().ok()).unwrap_or_default()
}

fn uri(text: &str) -> Result<Uri, TrunkFault> {
    Uri::try_from(text).map_err(|_| TrunkFault::Unreachable)
}

/// Where packets go, in the stack's terms.
pub(crate) fn stack_address(transport: Transport, address: SocketAddr) -> SipAddr {
    SipAddr { r#type: Some(stack_transport(transport)), addr: address.into() }
}

fn stack_transport(transport: Transport) -> rsipstack::sip::Transport {
    match transport {
        Transport::Udp => rsipstack::sip::Transport::Udp,
        Transport::Tcp => rsipstack::sip::Transport::Tcp,
    }
}
